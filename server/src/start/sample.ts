export interface SampleTenant { readonly tenantId: string; readonly secret: string; readonly events: number }
