import { askCloud, type CloudMeans } from '../means.ts';

/** A value of the metadata server, by its address in Google's machines. */
export function metadataOf(path: string, step: string, means: CloudMeans): Promise<string> {
  const host = means.environment.variables.GCE_METADATA_HOST ?? '169.254.169.254';
  const url = new URL(`http://${host}/computeMetadata/v1/${path}`);
  return askCloud({ provider: 'gcp', step, url, request: { headers: { 'metadata-flavor': 'Google' } }, secrets: [], local: true }, means);
}
