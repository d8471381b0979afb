// What somebody has chosen for the briefing sheet: where each picture stands, never what it shows. Kept in this browser alone, by viewer.
const viewer = document.querySelector(".who b")?.textContent.trim(), about = document.querySelector(".masthead .title")?.textContent.trim();
const place = `contingent-sheet ${viewer} ${about}`;

export const whose = () => {
  try {
    return Boolean(viewer && localStorage);
  } catch {
    return false;
  }
};
export const textOf = ({ at, key }) => `${at}#${key}`;
// Only pages of this server: an address that leads elsewhere, or is none, is no picture.
export const pictureOf = (text) => {
  const cut = text.lastIndexOf("#"), at = text.slice(0, cut), key = text.slice(cut + 1);
  if (cut < 1 || !/^\/(?![/\\])/.test(at) || !/^[\w-]{1,120}$/.test(key)) return null;
  return new URL(at, location.href).origin === location.origin ? { at, key } : null;
};
export const listed = () => {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "[]").map(pictureOf).filter(Boolean);
  } catch {
    return [];
  }
};
export const keepList = (pictures) => localStorage.setItem(place, JSON.stringify(pictures.map(textOf)));
export const put = (picture) => {
  const now = listed(), text = textOf(picture);
  if (now.some((each) => textOf(each) === text)) return 0;
  keepList([...now, picture]);
  return now.length + 1;
};
// The address of a picture with the plan that it shows, so that it shows the same tomorrow.
export const addressOf = (picture) => {
  const part = picture.closest("[data-part]")?.dataset.part;
  const there = new URL(part ?? location.href, location.href), plan = document.getElementById("plan-chosen")?.value;
  if (plan) there.searchParams.set("plan", plan);
  return there.pathname + there.search;
};
export const sheetAddress = (pictures) => `/sheet?${new URLSearchParams(pictures.map((each) => ["of", textOf(each)]))}`;
