metadata name = 'Web application firewall of a gateway'
metadata description = 'The security group tells that a request comes from some Front Door; this tells that it comes from ours.'

import { tagsType } from '../../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Region.')
param location string

@description('Required. Our Front Door profile.')
param frontDoorProfileId string

@description('Required. The path that may be probed past Front Door.')
param healthPath string

@description('Required. Who may probe it. Empty: nobody.')
param probeAddresses string[]

@description('Required. Tags.')
param tags tagsType

resource frontDoor 'Microsoft.Cdn/profiles@2025-12-01' existing = {
  scope: resourceGroup(split(frontDoorProfileId, '/')[2], split(frontDoorProfileId, '/')[4])
  name: last(split(frontDoorProfileId, '/'))
}

var frontDoorHeader = [{ variableName: 'RequestHeaders', selector: 'X-Azure-FDID' }]

// How a request shows that it did not come through our Front Door. Two rules, because a negated comparison alone has been
// seen to let requests pass that lack the header. Whether a negated `Any` finds what is absent is not verified: ask
// for the health path without the header once the first gateway is there. The security group keeps others out either way,
// and every Front Door sets the header.
var strangers = [
  {
    name: 'OtherFrontDoor'
    condition: {
      matchVariables: frontDoorHeader
      operator: 'Equal'
      negationConditon: true // Azure's spelling.
      matchValues: [toLower(frontDoor.properties.frontDoorId)]
      transforms: ['Lowercase']
    }
  }
  {
    name: 'NoFrontDoor'
    condition: {
      matchVariables: frontDoorHeader
      operator: 'Any'
      negationConditon: true
      matchValues: [] // Azure refuses values here.
    }
  }
]

// A stranger is refused unless it is the handler asking the health path. Conditions of a rule are joined by *and*, rules by
// *or*; so the exception takes a rule for each of its halves.
var exceptions = empty(probeAddresses)
  ? [{ name: '', conditions: [] }]
  : [
      {
        name: 'FromElsewhere'
        conditions: [
          {
            matchVariables: [{ variableName: 'RemoteAddr' }]
            operator: 'IPMatch'
            negationConditon: true
            matchValues: probeAddresses
          }
        ]
      }
      {
        name: 'OtherPath'
        conditions: [
          {
            matchVariables: [{ variableName: 'RequestUri' }]
            operator: 'Equal'
            negationConditon: true
            matchValues: [healthPath]
          }
        ]
      }
    ]

var refusals = flatten(map(
  strangers,
  stranger =>
    map(exceptions, exception => {
      name: 'Refuse${stranger.name}${exception.name}'
      conditions: concat([stranger.condition], exception.conditions)
    })
))

resource policy 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies@2025-09-01' = {
  name: 'waf-gateway-${name}'
  location: location
  tags: tags
  properties: {
    policySettings: {
      state: 'Enabled'
      mode: 'Prevention'
      requestBodyCheck: true
      requestBodyInspectLimitInKB: 128
      maxRequestBodySizeInKb: 128
      fileUploadLimitInMb: 100
    }
    customRules: map(refusals, (refusal, index) => {
      name: refusal.name
      priority: index + 1
      ruleType: 'MatchRule'
      state: 'Enabled'
      action: 'Block'
      matchConditions: refusal.conditions
    })
    managedRules: {
      managedRuleSets: [
        { ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1' }
        { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' }
      ]
    }
  }
}

@description('The policy.')
output policyId string = policy.id
