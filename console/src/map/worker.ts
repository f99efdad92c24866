/**
 * The worker of maplibre, as a file of its own: a strict policy takes no blob. It is exported again because its package
 * says that it does nothing when it is only imported, and bundlers believe that.
 */
export {default} from 'maplibre-gl/dist/maplibre-gl-worker.mjs';
