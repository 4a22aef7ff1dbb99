import { define, FunctionError } from '../../value/function.ts';
import { type GoFunction, type GoValue, Struct, type StructType, Typed } from '../../value/model.ts';
import { pointerTo, STRING } from '../../value/type.ts';
import { rawOf } from '../../value/value.ts';
import { UTC, type Zone } from './zone.ts';

const nameOf = (receiver: GoValue): string => {
  const raw = rawOf(receiver);
  return (raw instanceof ZoneStruct ? raw.zone : UTC).name;
};

const LOCATION: StructType = {
  kind: 'struct',
  name: 'time.Location',
  named: true,
  fields: [],
  methods: new Map<string, (receiver: GoValue) => GoFunction>([
    ['String', (receiver) => define({ params: [], result: STRING }, () => nameOf(receiver))],
  ]),
  text: nameOf,
};

class ZoneStruct extends Struct {
  readonly zone: Zone;

  constructor(zone: Zone) {
    super(LOCATION, new Map([['name', zone.name]]));
    this.zone = zone;
  }
}

/** `*time.Location`. */
export const LOCATION_POINTER = pointerTo(LOCATION);

export const zoneValue = (zone: Zone): GoValue => new Typed(LOCATION_POINTER, new ZoneStruct(zone));

/** Throws `FunctionError` for a nil. */
export function zoneOf(value: GoValue): Zone {
  const raw = rawOf(value);
  if (raw instanceof ZoneStruct) return raw.zone;
  throw new FunctionError('time: missing Location in call to Time.In');
}
