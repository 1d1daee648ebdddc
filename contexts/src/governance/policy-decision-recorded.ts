import { defineEvent } from 'keelson'
import Type from 'typebox'

const id = (description: string) => Type.String({ description, minLength: 1, maxLength: 128 })

export const PolicyDecisionRecorded = defineEvent({
  type: 'PolicyDecisionRecorded',
  version: '1.0',
  kind: 'integration',
  topic: 'governance.policy',
  summary: 'A policy was evaluated for an action, and what it decided was recorded.',
  producer: 'PolicyEngineService / PolicyEvaluationService',
  consumers: ['Control Plane', 'DevOps & GitOps', 'Observability & Feedback'],
  aggregate: 'PolicyDecision',
  orderingKey: event => event.payload.policyDecisionId,
  payload: Type.Object(
    {
      policyDecisionId: id('Id of the decision.'),
      decision: Type.Enum(['Allow', 'Deny', 'RequiresApproval'], { description: 'What was decided.' }),
      policyDefinitionId: id('Policy that was evaluated.'),
      policyVersion: id('Version of the policy.'),
      action: id('Action that was asked about.'),
      subject: Type.Object(
        {
          agentId: Type.Optional(id('Agent that wants to act.')),
          userId: Type.Optional(id('User who wants to act.')),
          role: Type.Optional(id('Role in which it wants to act.')),
        },
        { description: 'Who wants to act.' },
      ),
      resource: Type.Object(
        {
          type: id('Kind of the resource.'),
          artifactId: Type.Optional(id('Artifact that is acted on.')),
          classification: Type.Optional(id('Classification of its data.')),
          environment: Type.Optional(id('Environment in which it stands.')),
        },
        { description: 'What is to be acted on.' },
      ),
      riskScore: Type.Optional(
        Type.Number({ description: 'Risk from 0 to 100 at the time.', minimum: 0, maximum: 100 }),
      ),
      approvalRequestId: Type.Optional(id('Approval that was asked for.')),
    },
    { description: 'The decision and what it was about.' },
  ),
  examples: [
    {
      policyDecisionId: 'dec-4d21ab',
      decision: 'RequiresApproval',
      policyDefinitionId: 'pol-7b3c1f9a',
      policyVersion: '3',
      action: 'Promote',
      subject: { agentId: 'agent-release-01', role: 'ReleaseAgent' },
      resource: {
        type: 'Deployment',
        artifactId: 'art-api-7c',
        classification: 'Restricted',
        environment: 'prod',
      },
      riskScore: 82,
      approvalRequestId: 'apr-91c2',
    },
    {
      policyDecisionId: 'dec-77',
      decision: 'Allow',
      policyDefinitionId: 'pol-7b3c1f9a',
      policyVersion: '3',
      action: 'Read',
      subject: { userId: 'usr-12' },
      resource: { type: 'Report' },
    },
  ],
})
