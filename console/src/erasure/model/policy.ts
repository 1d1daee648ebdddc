import type { RetentionPolicyItem } from '../../api/log-types.ts'

/** Whether a policy is applied by hand: what is reserved for scavenges is not. */
export const mayApply = ({ id }: Pick<RetentionPolicyItem, 'id'>): boolean => id !== 'scavenge'
