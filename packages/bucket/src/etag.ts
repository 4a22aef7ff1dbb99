/** An etag as a header has it: in quotes, at times marked as weak. */
export const bareEtag = (header: string | undefined): string => (header ?? '').replace(/^W\//, '').replace(/^"|"$/g, '');

/** Flux writes the etags of Azure in hexadecimal into its revisions. */
export const hex = (etag: string): string => Buffer.from(etag).toString('hex');
