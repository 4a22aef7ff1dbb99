import { ConnectionError } from '@gotk/kube';
import { describe, expect, test } from 'vitest';
import { memoryApi, refused, writesOf } from '../../test/memory-api.ts';
import { webKey, widget, widgets } from '../../test/widget.ts';
import { addFinalizer, hasFinalizer, removeFinalizer } from './finalizer.ts';
import { Superseded } from './outcome.ts';

const OURS = 'finalizers.fluxcd.io';
const THEIRS = 'example.dev/theirs';

function setUp(finalizers?: readonly string[]) {
  const api = memoryApi();
  const object = api.put(widgets, widget({ metadata: finalizers === undefined ? {} : { finalizers } }));
  const options = { client: api.client, resource: widgets, fieldManager: 'widget-controller', signal: new AbortController().signal };
  const stored = () => api.read(widgets, webKey)?.metadata.finalizers;
  return { api, object, options, stored };
}

/** Somebody changes the object behind our back, just before our write arrives. */
const onFirstWrite = (change: () => void) => {
  let first = true;
  return ({ verb }: { readonly verb: string }) => {
    if (verb !== 'patch' || !first) return;
    first = false;
    change();
  };
};

describe('addFinalizer', () => {
  test('adds ours behind those of others, and answers with the object as stored', async () => {
    const { api, object, options, stored } = setUp([THEIRS]);
    const added = await addFinalizer(object, options);
    expect(stored()).toEqual([THEIRS, OURS]);
    expect(added).toEqual(api.read(widgets, webKey));
    expect(api.asked).toMatchObject([{ fieldManager: 'widget-controller' }]);
  });

  test('asks for nothing when it is there', async () => {
    const { api, object, options } = setUp([OURS]);
    expect(await addFinalizer(object, options)).toBe(object);
    expect(api.asked).toEqual([]);
  });

  test('a finalizer that somebody added meanwhile survives', async () => {
    const { api, object, options, stored } = setUp();
    api.before = onFirstWrite(() => api.put(widgets, widget({ metadata: { finalizers: [THEIRS] } })));
    await addFinalizer(object, options);
    expect(stored()).toEqual([THEIRS, OURS]);
  });

  test('gives way when the object was deleted meanwhile', async () => {
    const { api, object, options } = setUp([THEIRS]);
    api.before = onFirstWrite(() => api.remove(widgets, webKey));
    await expect(addFinalizer(object, options)).rejects.toThrow(Superseded);
  });

  test('gives way when the object is gone, or another has its name', async () => {
    const { api, object, options, stored } = setUp();
    api.remove(widgets, webKey);
    await expect(addFinalizer(object, options)).rejects.toThrow(Superseded);
    api.put(widgets, widget());
    await expect(addFinalizer(object, options)).rejects.toThrow(Superseded);
    expect(stored()).toBeUndefined();
  });

  test('gives up on an object that is changed faster than it can be written', async () => {
    const { api, object, options } = setUp();
    api.before = ({ verb }) => {
      if (verb === 'patch') throw refused(409, 'Conflict');
    };
    await expect(addFinalizer(object, options)).rejects.toMatchObject({ status: 409 });
    expect(writesOf(api.asked)).toHaveLength(5);
  });

  test('passes on what else goes wrong', async () => {
    const { api, object, options } = setUp();
    api.before = () => {
      throw new ConnectionError('reset');
    };
    await expect(addFinalizer(object, options)).rejects.toThrow('reset');
  });
});

describe('removeFinalizer', () => {
  test('takes ours away and nobody else’s', async () => {
    const { object, options, stored } = setUp([THEIRS, OURS]);
    await removeFinalizer(object, options);
    expect(stored()).toEqual([THEIRS]);
  });

  test('lets a deleted object go', async () => {
    const { api, options, stored } = setUp([OURS]);
    api.remove(widgets, webKey);
    const deleted = api.read(widgets, webKey) ?? widget();
    expect(hasFinalizer(deleted)).toBe(true);
    await removeFinalizer(deleted, options);
    expect(api.read(widgets, webKey)).toBeUndefined();
    expect(stored()).toBeUndefined();
  });

  test('a finalizer that somebody added meanwhile survives', async () => {
    const { api, object, options, stored } = setUp([OURS]);
    api.before = onFirstWrite(() => api.put(widgets, widget({ metadata: { finalizers: [OURS, THEIRS] } })));
    await removeFinalizer(object, options);
    expect(stored()).toEqual([THEIRS]);
  });

  test('is content when the object is gone', async () => {
    const { api, object, options } = setUp([OURS]);
    api.put(widgets, widget());
    api.remove(widgets, webKey);
    await removeFinalizer(object, options);
  });

  test('leaves another object of the same name alone', async () => {
    const { api, object, options, stored } = setUp([OURS]);
    api.before = onFirstWrite(() => {
      api.put(widgets, widget());
      api.remove(widgets, webKey);
      api.put(widgets, widget({ metadata: { finalizers: [OURS] } }));
    });
    await removeFinalizer(object, options);
    expect(stored()).toEqual([OURS]);
  });
});
