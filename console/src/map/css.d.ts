/** Style sheets are bundled beside the scripts that import them. */
declare module '*.css';
declare module 'maplibre-gl/dist/maplibre-gl-worker.mjs';
