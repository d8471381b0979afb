/* Search in a page that was opened as a file, where browsers start no worker: its script runs in a hidden frame instead. */
"use strict";
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(address) {
      this.onmessage = null;
      this.waiting = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.documentElement.appendChild(this.frame);
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => setTimeout(() => this.onmessage && this.onmessage({ data: structuredClone(data) }));
      const script = inside.document.createElement("script");
      script.src = new URL(address, document.baseURI).href;
      script.onload = () => {
        this.waiting.forEach((data) => inside.onmessage({ data }));
        this.waiting = null;
      };
      inside.document.documentElement.appendChild(script);
    }
    postMessage(data) {
      if (this.waiting) this.waiting.push(structuredClone(data));
      else this.frame.contentWindow.onmessage({ data: structuredClone(data) });
    }
    terminate() {
      this.frame.remove();
    }
  };
}
