/** Names that build.mjs fills in. */

/** Path of the map's worker; empty where there is none. */
declare const MAP_WORKER: string;

declare module '*.css';
declare module '*.ftl' {
  const text: string;
  export default text;
}
