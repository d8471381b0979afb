// Shapes of countries out of the compact form in which they travel.
export { feature, mesh } from "topojson-client";
