/** The parts of a chart's making that can fail by the chart's fault, or by that of the object that asks for it. */
export type ChartPart = 'reference' | 'pull' | 'metadata' | 'values' | 'dependencies' | 'package';

/** What a worker thread answers where it cannot go on: errors lose their class on the way. */
export interface Refused {
  readonly kind: 'refused';
  readonly part: ChartPart;
  readonly message: string;
}

/** A part of the making of a chart failed. What it means for the object is said by the stage of the same name. */
export class PartFailed extends Error {
  override readonly name = 'PartFailed';
  readonly part: ChartPart | 'login';

  constructor(part: PartFailed['part'], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.part = part;
  }
}

/** Does a part of the work. Throws `PartFailed`, of the innermost part if there are several. */
export async function part<T>(name: PartFailed['part'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof PartFailed ? error : new PartFailed(name, error);
  }
}
