/** Borders as the node has them, TopoJSON as published: lines for borders and coasts, land for a fill, both cut at ±180°. */

/// <reference types="geojson" />

interface Topology {
  type: 'Topology';
  arcs: [number, number][][];
  transform: {scale: [number, number]; translate: [number, number]};
  objects: Record<string, {geometries: Shape[]}>;
}

interface Shape {
  type: string;
  arcs?: number[][] | number[][][];
  properties?: {name?: string};
}

export interface Borders {
  lines: GeoJSON.FeatureCollection;
  land: GeoJSON.FeatureCollection;
}

type Ring = [number, number][];

/** One ring as it goes on over ±180°, closed along a pole where it goes round one. */
export function unwrap(ring: Ring): Ring {
  const out: Ring = [];
  let turn = 0;
  for (let k = 0; k < ring.length; k++) {
    const [x, y] = ring[k]!;
    if (k) {
      const step = x - ring[k - 1]![0];
      if (step > 180) turn -= 360;
      else if (step < -180) turn += 360;
    }
    out.push([x + turn, y]);
  }
  const [first, last] = [out[0]!, out[out.length - 1]!];
  if (Math.abs(last[0] - first[0]) > 180) {
    const pole = first[1] < 0 ? -90 : 90;
    out.push([last[0], pole], [first[0], pole], [first[0], first[1]]);
  }
  return out;
}

export function bordersOf(topology: Topology, object = 'countries'): Borders {
  const {scale: [kx, ky], translate: [dx, dy]} = topology.transform;
  const arcs: Ring[] = topology.arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([mx, my]) => {
      x += mx;
      y += my;
      return [x * kx + dx, y * ky + dy] as [number, number];
    });
  });
  const uses = new Uint8Array(arcs.length);
  const land: GeoJSON.Feature[] = [];
  const ringOf = (indices: number[]): Ring => {
    const ring: Ring = [];
    for (const index of indices) {
      const own = index < 0 ? ~index : index;
      uses[own] = Math.min(uses[own]! + 1, 2);
      const arc = arcs[own]!;
      for (let k = 0; k < arc.length; k++) {
        if (k || !ring.length) ring.push(index < 0 ? arc[arc.length - 1 - k]! : arc[k]!);
      }
    }
    return ring;
  };
  for (const shape of topology.objects[object]?.geometries ?? []) {
    const polygons = (shape.type === 'Polygon' ? [shape.arcs] : shape.type === 'MultiPolygon' ? shape.arcs : []) as number[][][];
    const coordinates = polygons.map((rings) => {
      const [outer, ...holes] = rings.map((indices) => unwrap(ringOf(indices)));
      const west = Math.min(...outer!.map(([x]) => x).slice(0, 50_000));
      return [outer!, ...holes.map((hole) => { // a hole has to lie in the same turn of the world as its shell
        const turn = 360 * Math.ceil((west - hole.reduce((least, [x]) => Math.min(least, x), Infinity)) / 360);
        return hole.map(([x, y]) => [x + turn, y] as [number, number]);
      })];
    });
    if (coordinates.length) {
      land.push({type: 'Feature', properties: {name: shape.properties?.name ?? ''}, geometry: {type: 'MultiPolygon', coordinates}});
    }
  }
  const lines: GeoJSON.Feature[] = [];
  for (const [kind, wanted] of [['coast', 1], ['border', 2]] as const) {
    const parts: Ring[] = [];
    arcs.forEach((arc, index) => {
      if (uses[index] !== wanted) return;
      let part: Ring = [];
      arc.forEach((point, k) => { // an edge along ±180° is where the publisher cut the sheet, and no border
        const before = arc[k - 1];
        if (before && (Math.abs(point[0] - before[0]) > 180 || (Math.abs(point[0]) > 179.999 && Math.abs(before[0]) > 179.999) || (point[1] < -89.99 && before[1] < -89.99))) {
          if (part.length > 1) parts.push(part);
          part = [];
        }
        part.push(point);
      });
      if (part.length > 1) parts.push(part);
    });
    lines.push({type: 'Feature', properties: {kind}, geometry: {type: 'MultiLineString', coordinates: parts}});
  }
  return {lines: {type: 'FeatureCollection', features: lines}, land: {type: 'FeatureCollection', features: land}};
}

/** Meridians and parallels of a step that suits a zoom. */
export function graticule(zoom: number): GeoJSON.FeatureCollection {
  const step = zoom < 3 ? 30 : zoom < 5 ? 10 : zoom < 7 ? 5 : 1;
  const lines: GeoJSON.Position[][] = [];
  for (let lon = -180; lon < 180; lon += step) {
    const line: GeoJSON.Position[] = [];
    for (let lat = -90; lat <= 90; lat += 5) line.push([lon, lat]);
    lines.push(line);
  }
  for (let lat = -90 + step; lat < 90; lat += step) {
    const line: GeoJSON.Position[] = [];
    for (let lon = -180; lon <= 180; lon += 5) line.push([lon, lat]);
    lines.push(line);
  }
  return {type: 'FeatureCollection', features: [{type: 'Feature', properties: {}, geometry: {type: 'MultiLineString', coordinates: lines}}]};
}
