/**
 * How much slower than hardware this host is: 1, or what WARDER_TEST_SLOWNESS says, as in scripts/test-vm, where a process
 * costs 20 times as much under emulation. For the waits of tests, never for what they assert about warder.
 */
export const SLOWNESS = Math.max(1, Number(process.env['WARDER_TEST_SLOWNESS'] ?? 1) || 1);
