const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,]\d{1,9})?(Z|[-+]\d\d:\d\d)$/;

/** A time of RFC 3339 as Go prints it when it has read it: without fractions, and with `Z` for no offset. Undefined for what is none. */
export function goTime(text: string): string | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, zone = 'Z'] = match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const time = new Date(`${local}Z`);
  if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 19) !== local) return undefined;
  const [hours = '', minutes = ''] = zone === 'Z' ? ['00', '00'] : zone.slice(1).split(':');
  if (Number(hours) > 24 || Number(minutes) > 59) return undefined;
  return `${local}${hours === '00' && minutes === '00' ? 'Z' : zone}`;
}
