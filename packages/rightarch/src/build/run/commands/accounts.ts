import { busyboxAddgroup, busyboxAdduser } from './busybox-accounts.ts';
import type { Program } from './command.ts';
import { debianAdduser } from './debian-adduser.ts';
import { groupadd, useradd } from './shadow.ts';

/** Who can have made a program that makes users and groups. */
type AccountMaker = 'shadow' | 'busybox' | 'debian-adduser';

/** Programs that make users and groups, for each suite that one can come from. */
export const accountPrograms: Readonly<Record<string, { readonly [Key in AccountMaker]?: Program }>> = {
  groupadd: { shadow: groupadd },
  useradd: { shadow: useradd },
  adduser: { busybox: busyboxAdduser, 'debian-adduser': debianAdduser },
  addgroup: { busybox: busyboxAddgroup, 'debian-adduser': debianAdduser },
};
