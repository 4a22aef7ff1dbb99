/** A host and port as Go writes it: `:8080`, `127.0.0.1:0`. Throws for anything else. */
export function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  const port = Number(text.slice(colon + 1));
  if (colon < 0 || text.slice(colon + 1) === '' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`'${text}' is not an address such as ':8080'`);
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port };
}
