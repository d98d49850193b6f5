/** Contents as kernels print them: v1 from a 6.18 host, v2 from 6.1 and 6.12 guests. */

export const V1_MEMORY = {
  'memory.limit_in_bytes': '9223372036854771712\n',
  'memory.memsw.limit_in_bytes': '9223372036854771712\n',
  'memory.max_usage_in_bytes': '67108864\n',
  'memory.usage_in_bytes': '1228800\n',
  'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
  tasks: '',
  'cgroup.procs': '',
};

export const V1_PIDS = {
  'pids.max': 'max\n',
  'pids.peak': '16\n',
  'pids.events': 'max 1\n',
  tasks: '',
  'cgroup.procs': '',
};

export const V1_CPU = {
  'cpu.cfs_period_us': '100000\n',
  'cpu.cfs_quota_us': '-1\n',
  'cpu.stat':
    'nr_periods 41\nnr_throttled 7\nthrottled_time 301345678\nnr_bursts 0\nburst_time 0\nwait_sum 1204\n',
  tasks: '',
  'cgroup.procs': '',
};

export const V1_CPUACCT = {
  'cpuacct.usage': '123456789\n',
  'cpuacct.usage_user': '100000499\n',
  'cpuacct.usage_sys': '23456290\n',
  tasks: '',
  'cgroup.procs': '',
};

export const V2_GROUP = {
  'memory.max': 'max\n',
  'memory.swap.max': 'max\n',
  'memory.oom.group': '0\n',
  'memory.peak': '41943040\n',
  'memory.current': '98304\n',
  'memory.events': 'low 0\nhigh 0\nmax 62\noom 1\noom_kill 4\noom_group_kill 1\n',
  'pids.max': 'max\n',
  'pids.peak': '20\n',
  'pids.events': 'max 1\n',
  'cpu.max': 'max 100000\n',
  'cpu.stat':
    'usage_usec 512345\nuser_usec 400000\nsystem_usec 112345\nnice_usec 0\nnr_periods 12\nnr_throttled 9\nthrottled_usec 402113\n',
  'io.stat':
    '259:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n8:0 rbytes=1000 wbytes=0 rios=3 wios=0 dbytes=0 dios=0\n',
  'memory.pressure':
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=120\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=100\n',
  'cpu.pressure': 'some avg10=1.00 avg60=0.50 avg300=0.00 total=77\n',
  'cgroup.procs': '',
  'cgroup.kill': '',
  'cgroup.events': 'populated 0\nfrozen 0\n',
};
