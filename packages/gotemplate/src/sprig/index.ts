/**
 * The functions of Sprig 3 (https://masterminds.github.io/sprig/), as Helm 4.2 has them, for a `TemplateSet`:
 *
 * ```ts
 * const set = new TemplateSet({ functions: sprigFunctions() });
 * set.parse('t', '{{ .name | trunc 63 | trimSuffix "-" | quote }}');
 * ```
 *
 * As Helm has them means that there is no `env` and no `expandenv`, and that `getHostByName` knows no host. Results and the texts of errors are Go's.
 *
 * - **Strangers' templates end**: what could take memory or time without end is counted against the limits of the execution before it is done, and what regular
 *   expressions read, as they read it.
 * - **Chance and time** are a `SprigSources`, which may be another one than the machine's; but for private keys, which OpenSSL makes by itself.
 * - **A set of functions is made once** and serves any number of templates: it keeps the regular expressions that it has compiled.
 *
 * What differs from Sprig 3.3 in Go:
 * - `keys` and `values` come in the order in which a template ranges over the map, where Go has another one every time;
 * - a list has no capacity beyond its length for `slice` to reach into;
 * - `merge` never changes what is in a struct;
 * - expressions may have at most 3,000 characters and 50,000 instructions; of groups with one name, `$name` is the first, also where another one has matched;
 * - versions with numbers beyond 2^53 are versions, but cannot be compared;
 * - letters are what this runtime's Unicode tables say, and zones have the rules that it knows;
 * - local time is UTC, unless `SprigSources` says where that is; `now` has no reading of a monotonic clock, so it is printed without the ` m=+…` of Go;
 * - a time has no methods for what a template can do nothing with: those that return several values, and those for encodings; `%#v` of one shows nothing of it;
 * - `bcrypt` and `htpasswd` refuse passwords with bytes that are no UTF-8;
 * - what exactly is wrong with a key or a certificate is told in other words.
 */

export type { FunctionMap, SprigSources } from './function-map.ts';
export { sprigFunctions } from './functions.ts';
export { type Decoded, decodeJson } from './json/decode.ts';
export { systemSources } from './system-sources.ts';
