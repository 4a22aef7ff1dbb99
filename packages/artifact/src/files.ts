// What needs no network, for worker threads: nothing else is loaded there.
export * from './archive.ts';
export * from './artifact-error.ts';
export { digestOf } from './digest.ts';
export * from './hasher.ts';
export * from './ignore-rules.ts';
export { type TarFile, type TarFilesOptions, tarFiles } from './tar-files.ts';
export { paddedSize, TAR_BLOCK, TarHeaders } from './tar-header.ts';
export { END_OF_TAR, paddingOf, renderTarHeader, type TarHeader } from './tar-writer.ts';
export { type UnpackLimits, unpack } from './unpack.ts';
export { type UnpackedFile, type UnpackedFiles, unpackedFiles } from './unpacked-files.ts';
