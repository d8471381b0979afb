// The symbol sets that a plan of a peace-support force draws from, and no others: the whole library is half as long again.
import {
  ms,
  numberair,
  numberlandcivilian,
  numberlandequipment,
  numberlandinstallation,
  numberlandunit,
  numberminewarfare,
  numbersea,
  numbersubsurface,
} from "./node_modules/milsymbol/index.mjs";

ms.addIcons([
  numberair,
  numberlandcivilian,
  numberlandequipment,
  numberlandinstallation,
  numberlandunit,
  numberminewarfare,
  numbersea,
  numbersubsurface,
]);

globalThis.milsymbol = ms;
