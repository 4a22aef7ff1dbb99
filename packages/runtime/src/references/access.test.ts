import { describe, expect, test } from 'vitest';
import { widget } from '../../test/widget.ts';
import { Stalled } from '../controller/outcome.ts';
import { checkAccessFrom, checkCrossNamespace } from './access.ts';

const web = widget({ metadata: { namespace: 'apps' } });
const reference = (namespace: string) => ({ kind: 'GitRepository', namespace, name: 'repo' });

describe('a reference to another namespace', () => {
  test('is refused for good when the operator says so, and says what was referred to', () => {
    expect(() => checkCrossNamespace(web, reference('infra'), { allowed: false })).toThrow(Stalled);
    expect(() => checkCrossNamespace(web, reference('infra'), { allowed: false })).toThrow(
      "can't access 'GitRepository/infra/repo', cross-namespace references have been blocked",
    );
  });

  test('is fine otherwise, and within the namespace in any case', () => {
    checkCrossNamespace(web, reference('infra'), { allowed: true });
    checkCrossNamespace(web, reference('apps'), { allowed: false });
  });
});

describe('an object with an access list', () => {
  const access = (accessFrom: unknown, namespaceLabels: Record<string, string> = {}, namespace = 'infra') => {
    try {
      checkAccessFrom(web, reference(namespace), { accessFrom: accessFrom as never, namespaceLabels });
      return 'allowed';
    } catch (error) {
      return (error as Stalled).reason;
    }
  };
  const teamA = { namespaceSelectors: [{ matchLabels: { team: 'a', stage: 'prod' } }] };

  test.each([
    ['lets nobody in that it does not name', undefined, { team: 'a' }, 'AccessDenied'],
    ['lets in the namespaces that have all labels', teamA, { team: 'a', stage: 'prod', more: 'x' }, 'allowed'],
    ['keeps out those that have some of them', teamA, { team: 'a' }, 'AccessDenied'],
    ['lets in everybody by an empty selector', { namespaceSelectors: [{}] }, {}, 'allowed'],
    ['keeps out everybody by an empty list', { namespaceSelectors: [] }, { team: 'a' }, 'AccessDenied'],
    [
      'does not take what every object inherits for a label',
      { namespaceSelectors: [{ matchLabels: { constructor: 'x' } }] },
      {},
      'AccessDenied',
    ],
  ])('%s', (...[, accessFrom, labels, expected]) => {
    expect(access(accessFrom, labels)).toBe(expected);
  });

  test('is open to its own namespace', () => {
    expect(access(undefined, {}, 'apps')).toBe('allowed');
  });
});
