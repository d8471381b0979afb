// A day in words, as the switch of the page says: D+30 with its date, or an ISO date.
const { days, start } = document.documentElement.dataset;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const at = (day) => {
  const found = new Date(`${start ?? "2000-01-01"}T00:00:00Z`);
  found.setUTCDate(found.getUTCDate() + day);
  return found;
};
export const isIso = days === "iso";
export const dayWords = (day) => (isIso ? at(day).toISOString().slice(0, 10) : day ? `D+${String(day).replace(/\B(?=(\d{3})+$)/g, "\u202f")}` : "D-day");
export const dayAndDate = (day) => {
  const date = at(day);
  return isIso ? dayWords(day) : `${dayWords(day)}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
};
