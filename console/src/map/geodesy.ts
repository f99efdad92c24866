/// <reference types="geojson" />
/**
 * Distances and directions on WGS 84. Vincenty's iteration: within 0.5 mm of Karney's GeographicLib where it converges
 * (checked against `geographiclib` in the tests); near the far point of the Earth it does not, and null is told.
 * Source: T. Vincenty, Survey Review XXIII 176 (1975).
 */

export const A_M = 6_378_137;
export const F = 1 / 298.257223563;
const B_M = A_M * (1 - F);
const RAD = Math.PI / 180;
const ITERATIONS_MAX = 200;

export interface Line {
  distanceM: number;
  /** True, degrees from north, 0 to under 360; at the first place. */
  azimuthDeg: number;
}

export function normalLon(lonDeg: number): number {
  return lonDeg - 360 * Math.floor((lonDeg + 180) / 360);
}

function series(squared: number): [number, number] {
  const a = 1 + (squared / 16384) * (4096 + squared * (-768 + squared * (320 - 175 * squared)));
  const b = (squared / 1024) * (256 + squared * (-128 + squared * (74 - 47 * squared)));
  return [a, b];
}

/** The line from one place to another; null where Vincenty's iteration does not converge (nearly antipodal). */
export function inverse(lat1: number, lon1: number, lat2: number, lon2: number): Line | null {
  const u1 = Math.atan2((1 - F) * Math.sin(lat1 * RAD), Math.cos(lat1 * RAD));
  const u2 = Math.atan2((1 - F) * Math.sin(lat2 * RAD), Math.cos(lat2 * RAD));
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  const l = normalLon(lon2 - lon1) * RAD;
  let lambda = l;
  for (let k = 0; k < ITERATIONS_MAX; k++) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sinSigma === 0 && cl > 0) return {distanceM: 0, azimuthDeg: 0};
    const cosSigma = s1 * s2 + c1 * c2 * cl;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = sinSigma === 0 ? 0 : (c1 * c2 * sl) / sinSigma;
    const cos2Alpha = 1 - sinAlpha * sinAlpha;
    const cosMiddle = cos2Alpha < 1e-15 ? 0 : cosSigma - (2 * s1 * s2) / cos2Alpha;
    const c = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
    const before = lambda;
    lambda = l + (1 - c) * F * sinAlpha * (sigma + c * sinSigma * (cosMiddle + c * cosSigma * (2 * cosMiddle * cosMiddle - 1)));
    if (Math.abs(lambda) > Math.PI + 1e-9) return null;
    if (Math.abs(lambda - before) > 1e-13) continue;
    const [a, b] = series((cos2Alpha * (A_M * A_M - B_M * B_M)) / (B_M * B_M));
    const delta = b * sinSigma * (cosMiddle + (b / 4) * (cosSigma * (2 * cosMiddle ** 2 - 1)
      - (b / 6) * cosMiddle * (4 * sinSigma ** 2 - 3) * (4 * cosMiddle ** 2 - 3)));
    const azimuth = Math.atan2(c2 * Math.sin(lambda), c1 * s2 - s1 * c2 * Math.cos(lambda)) / RAD;
    return {distanceM: B_M * a * (sigma - delta), azimuthDeg: (azimuth + 360) % 360};
  }
  return null;
}

/** Where a line of a length ends. */
export function direct(lat: number, lon: number, azimuthDeg: number, distanceM: number): [latDeg: number, lonDeg: number] {
  const alpha = azimuthDeg * RAD;
  const tanU = (1 - F) * Math.tan(lat * RAD);
  const cosU = 1 / Math.hypot(1, tanU);
  const sinU = tanU * cosU;
  const start = Math.atan2(tanU, Math.cos(alpha));
  const sinAlpha = cosU * Math.sin(alpha);
  const cos2Alpha = 1 - sinAlpha * sinAlpha;
  const [a, b] = series((cos2Alpha * (A_M * A_M - B_M * B_M)) / (B_M * B_M));
  let sigma = distanceM / (B_M * a);
  let cosMiddle = 0;
  for (let k = 0; k < ITERATIONS_MAX; k++) {
    cosMiddle = Math.cos(2 * start + sigma);
    const s = Math.sin(sigma);
    const delta = b * s * (cosMiddle + (b / 4) * (Math.cos(sigma) * (2 * cosMiddle ** 2 - 1)
      - (b / 6) * cosMiddle * (4 * s * s - 3) * (4 * cosMiddle ** 2 - 3)));
    const next = distanceM / (B_M * a) + delta;
    if (Math.abs(next - sigma) < 1e-13) { sigma = next; break; }
    sigma = next;
  }
  const [s, c] = [Math.sin(sigma), Math.cos(sigma)];
  const x = sinU * s - cosU * c * Math.cos(alpha);
  const latitude = Math.atan2(sinU * c + cosU * s * Math.cos(alpha), (1 - F) * Math.hypot(sinAlpha, x));
  const lambda = Math.atan2(s * Math.sin(alpha), cosU * c - sinU * s * Math.cos(alpha));
  const cc = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
  const l = lambda - (1 - cc) * F * sinAlpha * (sigma + cc * s * (Math.cos(2 * start + sigma) + cc * c * (2 * cosMiddle ** 2 - 1)));
  return [latitude / RAD, normalLon(lon + l / RAD)];
}

/** Points of a geodesic, both ends included, no further apart than a step; longitudes do not jump. */
export function along(from: GeoJSON.Position, to: GeoJSON.Position, stepM = 50_000): GeoJSON.Position[] {
  const line = inverse(from[1]!, from[0]!, to[1]!, to[0]!);
  if (line === null || line.distanceM === 0) return [from, to];
  const parts = Math.min(256, Math.max(1, Math.ceil(line.distanceM / stepM)));
  const points: GeoJSON.Position[] = [from];
  for (let k = 1; k <= parts; k++) {
    const [lat, lon] = k === parts ? [to[1]!, to[0]!] : direct(from[1]!, from[0]!, line.azimuthDeg, (line.distanceM * k) / parts);
    const last = points[points.length - 1]![0]!;
    points.push([last + normalLon(lon - last), lat]);
  }
  return points;
}

/** Webmercator of the unit square, as maplibre has it; latitudes beyond its edge go on outside of it. */
export function mercatorX(lonDeg: number): number {
  return (lonDeg + 180) / 360;
}

export function mercatorY(latDeg: number): number {
  const lat = Math.max(-89.99, Math.min(89.99, latDeg)) * RAD;
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + lat / 2)) / (2 * Math.PI);
}

export function mercatorLat(y: number): number {
  return (2 * Math.atan(Math.exp(Math.PI * (1 - 2 * y))) - Math.PI / 2) / RAD;
}
