/**
 * Grid references (MGRS), both ways, UPS at the poles included.
 * Transverse Mercator by Krueger's series to the sixth order in n (C. Karney, J. Geodesy 85 (2011), eq. 35 and 36):
 * under 1 mm within a zone. Lettering: NGA.STND.0037 (AA scheme). Truncated, never rounded, as the standard asks.
 */

import {A_M, F} from './geodesy';

const RAD = Math.PI / 180;
const N = F / (2 - F);
const E = Math.sqrt(F * (2 - F));
const K0 = 0.9996;
const K0_POLE = 0.994;
const FALSE_POLE_M = 2_000_000;
const RADIUS_M = (A_M / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64 + N ** 6 / 256);
const ALPHA = [
  0, N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4 - (127 / 288) * N ** 5 + (7891 / 37800) * N ** 6,
  (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4 + (281 / 630) * N ** 5 - (1983433 / 1935360) * N ** 6,
  (61 / 240) * N ** 3 - (103 / 140) * N ** 4 + (15061 / 26880) * N ** 5 + (167603 / 181440) * N ** 6,
  (49561 / 161280) * N ** 4 - (179 / 168) * N ** 5 + (6601661 / 7257600) * N ** 6,
  (34729 / 80640) * N ** 5 - (3418889 / 1995840) * N ** 6, (212378941 / 319334400) * N ** 6,
];
const BETA = [
  0, N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3 - N ** 4 / 360 - (81 / 512) * N ** 5 + (96199 / 604800) * N ** 6,
  N ** 2 / 48 + N ** 3 / 15 - (437 / 1440) * N ** 4 + (46 / 105) * N ** 5 - (1118711 / 3870720) * N ** 6,
  (17 / 480) * N ** 3 - (37 / 840) * N ** 4 - (209 / 4480) * N ** 5 + (5569 / 90720) * N ** 6,
  (4397 / 161280) * N ** 4 - (11 / 504) * N ** 5 - (830251 / 7257600) * N ** 6,
  (4583 / 161280) * N ** 5 - (108847 / 3991680) * N ** 6, (20648693 / 638668800) * N ** 6,
];
const BANDS = 'CDEFGHJKLMNPQRSTUVWX';
const COLUMNS = ['ABCDEFGH', 'JKLMNPQR', 'STUVWXYZ'];
const ROWS = 'ABCDEFGHJKLMNPQRSTUV';
const WEST_COLUMNS = 'JKLPQRSTUXYZ'; // of A and Y: 800 km to 2,000 km
const EAST_COLUMNS = 'ABCFGHJKLPQR'; // of B and Z: from 2,000 km on
const POLE_ROWS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

function conformal(lat: number): number { // tangent of the conformal latitude
  const t = Math.tan(lat);
  const sigma = Math.sinh(E * Math.atanh((E * t) / Math.hypot(1, t)));
  return t * Math.hypot(1, sigma) - sigma * Math.hypot(1, t);
}

function geographic(tau: number): number { // latitude of a conformal tangent, by Newton
  let t = tau / (1 - E * E);
  for (let k = 0; k < 8; k++) {
    const at = conformal(Math.atan(t));
    const step = ((tau - at) / Math.hypot(1, at)) * ((1 + (1 - E * E) * t * t) / ((1 - E * E) * Math.hypot(1, t)));
    t += step;
    if (Math.abs(step) < 1e-14 * Math.max(1, Math.abs(t))) break;
  }
  return Math.atan(t);
}

function transverse(lat: number, lon: number): [eastM: number, northM: number] {
  const tau = conformal(lat);
  const xi0 = Math.atan2(tau, Math.cos(lon));
  const eta0 = Math.asinh(Math.sin(lon) / Math.hypot(tau, Math.cos(lon)));
  let [xi, eta] = [xi0, eta0];
  for (let j = 1; j <= 6; j++) {
    xi += ALPHA[j]! * Math.sin(2 * j * xi0) * Math.cosh(2 * j * eta0);
    eta += ALPHA[j]! * Math.cos(2 * j * xi0) * Math.sinh(2 * j * eta0);
  }
  return [K0 * RADIUS_M * eta, K0 * RADIUS_M * xi];
}

function untransverse(eastM: number, northM: number): [lat: number, lon: number] {
  const xi0 = northM / (K0 * RADIUS_M);
  const eta0 = eastM / (K0 * RADIUS_M);
  let [xi, eta] = [xi0, eta0];
  for (let j = 1; j <= 6; j++) {
    xi -= BETA[j]! * Math.sin(2 * j * xi0) * Math.cosh(2 * j * eta0);
    eta -= BETA[j]! * Math.cos(2 * j * xi0) * Math.sinh(2 * j * eta0);
  }
  const tau = Math.sin(xi) / Math.hypot(Math.sinh(eta), Math.cos(xi));
  return [geographic(tau), Math.atan2(Math.sinh(eta), Math.cos(xi))];
}

function zoneOf(latDeg: number, lonDeg: number): number {
  if (latDeg >= 56 && latDeg < 64 && lonDeg >= 3 && lonDeg < 12) return 32;
  if (latDeg >= 72 && lonDeg >= 0 && lonDeg < 42) return lonDeg < 9 ? 31 : lonDeg < 21 ? 33 : lonDeg < 33 ? 35 : 37;
  return Math.min(60, Math.floor((lonDeg + 180) / 6) + 1);
}

function polarPlane(latDeg: number, lonDeg: number): [eastM: number, northM: number] {
  const north = latDeg > 0;
  const tau = conformal(Math.abs(latDeg) * RAD);
  const scale = 2 * A_M * K0_POLE / Math.sqrt((1 + E) ** (1 + E) * (1 - E) ** (1 - E));
  const radius = Math.abs(latDeg) === 90 ? 0 : scale / (Math.hypot(1, tau) + tau);
  const y = radius * Math.cos(lonDeg * RAD) * (north ? -1 : 1);
  return [FALSE_POLE_M + radius * Math.sin(lonDeg * RAD), FALSE_POLE_M + y];
}

/** The grid reference of a position, to 1 m (five digits), or fewer digits. */
export function mgrsOf(latDeg: number, lonDeg: number, digits = 5): string {
  const lon = lonDeg >= 180 ? lonDeg - 360 : lonDeg;
  const cut = 10 ** (5 - digits);
  // a hair more, so that a metre that is whole is not cut to the one before it by the last bit
  const written = (m: number): string => digits === 0 ? '' : String(Math.floor((Math.floor(m + 1e-6) % 100_000) / cut)).padStart(digits, '0');
  if (latDeg < -80 || latDeg > 84) { // both edges belong to the bands of UTM, as GEOTRANS has it
    const [east, north] = polarPlane(latDeg, lon);
    const eastern = east >= FALSE_POLE_M;
    const zone = latDeg > 0 ? (eastern ? 'Z' : 'Y') : (eastern ? 'B' : 'A');
    const column = eastern ? EAST_COLUMNS[Math.floor((east - FALSE_POLE_M) / 100_000)] : WEST_COLUMNS[Math.floor((east - 800_000) / 100_000)];
    const row = POLE_ROWS[Math.floor((north - (latDeg > 0 ? 1_300_000 : 800_000)) / 100_000)];
    return `${zone}${column}${row}${written(east)}${written(north)}`;
  }
  const zone = zoneOf(latDeg, lon);
  let [east, north] = transverse(latDeg * RAD, (lon - (zone * 6 - 183)) * RAD);
  east += 500_000;
  if (latDeg < 0) north += 10_000_000;
  const band = BANDS[Math.min(19, Math.floor((latDeg + 80) / 8))];
  const column = COLUMNS[(zone - 1) % 3]![Math.floor(east / 100_000) - 1];
  const row = ROWS[(Math.floor(north / 100_000) + (zone % 2 === 0 ? 5 : 0)) % 20];
  return `${String(zone).padStart(2, '0')}${band}${column}${row}${written(east)}${written(north)}`;
}

/** The south-west corner of a grid reference's square, and its size; null where it is none. */
export function mgrsRead(text: string): {latDeg: number; lonDeg: number; sizeM: number} | null {
  const found = /^(?:(\d{1,2})([C-HJ-NP-X])|([ABYZ]))([A-HJ-NP-Z])([A-HJ-NP-Z])(\d*)$/.exec(text.toUpperCase().replace(/\s+/g, ''));
  if (!found) return null;
  const [zoneText, band, pole] = [found[1], found[2], found[3]];
  const [column, row, figures] = [found[4]!, found[5]!, found[6]!];
  if (figures.length % 2 || figures.length > 10) return null;
  const digits = figures.length / 2;
  const sizeM = 10 ** (5 - digits);
  const eastIn = Number(figures.slice(0, digits) || '0') * sizeM;
  const northIn = Number(figures.slice(digits) || '0') * sizeM;
  if (pole) return polarRead(pole, column, row, eastIn, northIn, sizeM);
  const zone = Number(zoneText);
  if (zone < 1 || zone > 60) return null;
  const at = COLUMNS[(zone - 1) % 3]!.indexOf(column);
  const rowAt = ROWS.indexOf(row);
  if (at < 0 || rowAt < 0) return null;
  const east = (at + 1) * 100_000 + eastIn - 500_000;
  const within = ((rowAt - (zone % 2 === 0 ? 5 : 0) + 20) % 20) * 100_000 + northIn;
  const bandSouth = BANDS.indexOf(band!) * 8 - 80;
  const bandNorth = band === 'X' ? 84 : bandSouth + 8;
  for (let turn = 0; turn < 5; turn++) {
    const north = within + turn * 2_000_000 - (bandSouth < 0 ? 10_000_000 : 0);
    const [lat, lon] = untransverse(east, north);
    const latDeg = lat / RAD;
    // a square that a band's edge cuts may have its corner outside of the band, by up to its own height
    if (latDeg < bandSouth - 1.1 * sizeM / 110_000 - 0.05 || latDeg >= bandNorth + 0.05) continue;
    return {latDeg, lonDeg: lon / RAD + zone * 6 - 183, sizeM};
  }
  return null;
}

function polarRead(pole: string, column: string, row: string, eastIn: number, northIn: number, sizeM: number): {latDeg: number; lonDeg: number; sizeM: number} | null {
  const north = pole === 'Y' || pole === 'Z';
  const eastern = pole === 'B' || pole === 'Z';
  const at = (eastern ? EAST_COLUMNS : WEST_COLUMNS).indexOf(column);
  const rowAt = POLE_ROWS.indexOf(row);
  if (at < 0 || rowAt < 0) return null;
  const x = (eastern ? FALSE_POLE_M : 800_000) + at * 100_000 + eastIn - FALSE_POLE_M;
  const y = (north ? 1_300_000 : 800_000) + rowAt * 100_000 + northIn - FALSE_POLE_M;
  const radius = Math.hypot(x, y);
  const scale = 2 * A_M * K0_POLE / Math.sqrt((1 + E) ** (1 + E) * (1 - E) ** (1 - E));
  const ratio = scale / radius; // = sec + tan of the conformal latitude
  const lat = radius === 0 ? Math.PI / 2 : geographic((ratio - 1 / ratio) / 2);
  const lon = radius === 0 ? 0 : Math.atan2(x, north ? -y : y);
  const latDeg = (north ? 1 : -1) * lat / RAD;
  if (north ? latDeg < 83 : latDeg > -79) return null;
  return {latDeg, lonDeg: lon / RAD, sizeM};
}
