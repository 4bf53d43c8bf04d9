// Plain JavaScript, so that it also speaks when the installation failed and an old Node is all there is.
import { existsSync, readFileSync } from 'node:fs';

const [stepsFailed = '0', ...reports] = process.argv.slice(2);
// Where there is no report, its step failed and is counted as such.
const counts = reports.filter((file) => existsSync(file)).map((file) => count(JSON.parse(readFileSync(file, 'utf8'))));
const passed = counts.reduce((total, each) => total + each.passed, 0);
const failed = counts.reduce((total, each) => total + each.failed, Number(stepsFailed));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

// A file that could not even be loaded holds no test, yet it failed.
function count(report) {
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}
