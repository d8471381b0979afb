// Where the pointer is, in the military grid: UTM by Krüger's series on the WGS 84 ellipsoid, then the letters of the square.
const AXIS = 6378137, FLATTENING = 1 / 298.257223563, SCALE = 0.9996, N = FLATTENING / (2 - FLATTENING);
const RADIUS = (AXIS / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ALPHA = [N / 2 - (2 * N ** 2) / 3 + (5 * N ** 3) / 16, (13 * N ** 2) / 48 - (3 * N ** 3) / 5, (61 * N ** 3) / 240];
const BANDS = "CDEFGHJKLMNPQRSTUVWX", COLUMNS = ["STUVWXYZ", "ABCDEFGH", "JKLMNPQR"], ROWS = "ABCDEFGHJKLMNPQRSTUV";

const zoneOf = (longitude, latitude) => {
  if (latitude >= 56 && latitude < 64 && longitude >= 3 && longitude < 12) return 32;
  if (latitude >= 72 && longitude >= 0 && longitude < 42) return longitude < 9 ? 31 : longitude < 21 ? 33 : longitude < 33 ? 35 : 37;
  return Math.min(60, Math.floor((longitude + 180) / 6) + 1);
};
const utm = (longitude, latitude, zone) => {
  const phi = (latitude * Math.PI) / 180, lambda = ((longitude - (zone * 6 - 183)) * Math.PI) / 180, root = (2 * Math.sqrt(N)) / (1 + N);
  const t = Math.sinh(Math.atanh(Math.sin(phi)) - root * Math.atanh(root * Math.sin(phi)));
  const xi = Math.atan2(t, Math.cos(lambda)), eta = Math.atanh(Math.sin(lambda) / Math.hypot(1, t));
  let east = eta, north = xi;
  ALPHA.forEach((alpha, at) => {
    const twice = 2 * (at + 1);
    east += alpha * Math.cos(twice * xi) * Math.sinh(twice * eta);
    north += alpha * Math.sin(twice * xi) * Math.cosh(twice * eta);
  });
  return [500_000 + SCALE * RADIUS * east, SCALE * RADIUS * north + (latitude < 0 ? 10_000_000 : 0)];
};
// To a hundred metres: more than a pointer can say. Nothing near the poles, where another grid is used.
export const mgrs = (longitude, latitude) => {
  if (latitude < -80 || latitude > 84) return "";
  const wrapped = ((((longitude + 180) % 360) + 360) % 360) - 180, zone = zoneOf(wrapped, latitude);
  const [east, north] = utm(wrapped, latitude, zone);
  const band = BANDS[Math.min(19, Math.floor((latitude + 80) / 8))];
  const column = COLUMNS[zone % 3][Math.floor(east / 100_000) - 1];
  const row = ROWS[(Math.floor(north / 100_000) + (zone % 2 ? 0 : 5)) % 20];
  const digits = (value) => String(Math.floor((value % 100_000) / 100)).padStart(3, "0");
  return `${zone}${band} ${column}${row} ${digits(east)} ${digits(north)}`;
};
