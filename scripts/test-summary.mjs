// Ends the log of a test run with what one looks for in it: each test that failed, with what it said first, and the line of counts, alone on its line.
// The argument is vitest's JSON report; one that is missing or cut short counts as a failure.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

// A log that broke everywhere is read from its top.
const FAILURES_SHOWN = 20;
const MESSAGE_CHARACTERS = 600;

/** The report of the run, or undefined when the runner did not live to write it. */
function reportOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What failed: tests, and files that could not be loaded, each with its first message. */
function failuresOf({ testResults }) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [{ title: file, message: message ?? '' }];
    return failed.map((test) => ({ title: `${file} › ${test.fullName}`, message: test.failureMessages?.[0] ?? '' }));
  });
}

const report = reportOf(process.argv[2]);
if (report === undefined) {
  console.log('The runner left no report.');
  console.log('0 passed, 1 failed');
} else {
  const failures = failuresOf(report);
  for (const { title, message } of failures.slice(0, FAILURES_SHOWN)) {
    const said = message.slice(0, MESSAGE_CHARACTERS).split('\n').join('\n    ');
    console.log(`FAILED ${title}\n    ${said}`);
  }
  if (failures.length > FAILURES_SHOWN) console.log(`and ${failures.length - FAILURES_SHOWN} more`);
  // A file that could not be loaded has no tests to count.
  const failed = Math.max(report.numFailedTests, failures.length);
  const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}
