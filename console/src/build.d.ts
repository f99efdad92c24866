/** Names that build.mjs fills in. */

/** Path of the map's worker; empty where there is none. */
declare const MAP_WORKER: string;

/** Paths of data files by name: `borders`, countries of Natural Earth 1:10m as TopoJSON. */
declare const MAP_ASSETS: Readonly<Record<'borders', string>>;

declare module '*.css';
declare module '*.ftl' {
  const text: string;
  export default text;
}
