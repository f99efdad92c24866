/// <reference types="geojson" />
/** Drawing by hand or by keys: a polygon, the line of a corridor, a point. Lines are shown as the geodesics that they are. */

import {along, normalLon} from './geodesy';

export type Kind = 'polygon' | 'corridor' | 'point';
export const VERTICES_MAX = 500;

export class Drawing {
  readonly points: GeoJSON.Position[] = [];
  readonly done: Promise<GeoJSON.Geometry | null>;
  private finish!: (geometry: GeoJSON.Geometry | null) => void;

  constructor(readonly kind: Kind, private readonly changed: (draft: GeoJSON.Feature[]) => void) {
    this.done = new Promise((resolve) => { this.finish = resolve; });
  }

  add(lonDeg: number, latDeg: number): void {
    if (this.points.length >= VERTICES_MAX) return;
    const last = this.points[this.points.length - 1];
    // goes on from the last vertex the shorter way round
    const lon = last ? last[0]! + normalLon(lonDeg - last[0]!) : normalLon(lonDeg);
    if (last && last[0] === lon && last[1] === latDeg) return;
    this.points.push([round(lon), round(latDeg)]);
    if (this.kind === 'point') this.end();
    else this.show(null);
  }

  undo(): void {
    this.points.pop();
    this.show(null);
  }

  show(cursor: GeoJSON.Position | null): void {
    const points = cursor && this.points.length ? [...this.points, [this.points.at(-1)![0]! + normalLon(cursor[0]! - this.points.at(-1)![0]!), cursor[1]!]] : this.points;
    const features: GeoJSON.Feature[] = this.points.map((coordinates) => feature({type: 'Point', coordinates}));
    if (points.length > 1) {
      const closed = this.kind === 'polygon' && points.length > 2 ? [...points, points[0]!] : points;
      features.push(feature({type: 'LineString', coordinates: geodesics(closed)}));
    }
    this.changed(features);
  }

  /** The geometry as records have it, longitudes within ±180°; null where there is too little of it. */
  end(): void {
    const [first] = this.points;
    const least = this.kind === 'polygon' ? 3 : this.kind === 'corridor' ? 2 : 1;
    if (!first || this.points.length < least) return this.cancel();
    const points = this.points.map(([lon, lat]) => [round(normalLon(lon!)), lat!]);
    this.changed([]);
    if (this.kind === 'point') this.finish({type: 'Point', coordinates: points[0]!});
    else if (this.kind === 'corridor') this.finish({type: 'LineString', coordinates: points});
    else this.finish({type: 'Polygon', coordinates: [[...points, points[0]!]]});
  }

  cancel(): void {
    this.changed([]);
    this.finish(null);
  }
}

export function geodesics(points: GeoJSON.Position[]): GeoJSON.Position[] {
  const out: GeoJSON.Position[] = [points[0]!];
  for (let k = 1; k < points.length; k++) out.push(...along(out[out.length - 1]!, points[k]!).slice(1));
  return out;
}

function feature(geometry: GeoJSON.Geometry): GeoJSON.Feature {
  return {type: 'Feature', properties: {}, geometry};
}

function round(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7;
}
