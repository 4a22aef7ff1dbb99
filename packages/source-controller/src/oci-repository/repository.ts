import { OciError, parseRepository, type RepositoryName } from '@gotk/oci';
import { Stalled } from '@gotk/runtime';

/** Upstream's reason, which is not that of the other kinds. */
const URL_INVALID = 'URLInvalid';

/** The repository that `spec.url` names. Throws `Stalled` for what names none, or names more than one. */
export function repositoryAt(url: string): RepositoryName {
  try {
    return parseRepository(url);
  } catch (error) {
    if (!(error instanceof OciError)) throw error;
    throw stalled(URL_INVALID, `URL validation failed for '${url}': ${error.message}`);
  }
}

/** What only another spec can help against: it is said where other failures to fetch are said as well. */
export const stalled = (reason: string, message: string): Stalled =>
  new Stalled({ reason, message, conditions: [{ type: 'FetchFailed', status: 'True', reason, message }] });
