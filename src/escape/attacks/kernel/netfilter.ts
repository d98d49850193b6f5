import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const netfilter: ProbeAttack = {
  kind: 'probe',
  id: 'ks-netfilter',
  category: 'kernel',
  impact: 'E',
  tier: 1,
  title: 'Netfilter and traffic control, in a network of one’s own',
  technique: 'unshare(NEWUSER | NEWNET), then a NETLINK_NETFILTER socket of a type that does not exist',
  reference: '42 of the 110 kernel bugs that gVisor lists, CVE-2024-1086 among them',
  expected: 'EPERM (filter) or ENOSPC (limit of namespaces) for unshare, EAFNOSUPPORT for the socket',
  probes: () => [{ name: 'fresh network', argv: ['fresh-network'] }],
  judge: (answers, context) => {
    // Without namespaces of its own a program may open the socket, and configure nothing by it.
    const isFresh = answers.some(({ calls }) =>
      calls.some(({ name, errno }) => name === 'unshare' && errno === null),
    );
    const judge = refused({
      errnos: ['EPERM', 'ENOSPC', 'EAFNOSUPPORT', 'EPROTONOSUPPORT'],
      reached: ['EINVAL'],
      ...(isFresh || context.place === 'sandbox' ? {} : { calls: ['unshare'] }),
    });
    return judge(answers, context);
  },
  controls: ['without:seccomp+userNamespaceLimit', 'privileged'],
  backed: () => ['seccomp', 'userNamespaceLimit'],
  layers: ['seccomp', 'userNamespaceLimit'],
};
