metadata name = 'Identities'
metadata description = 'Who the app is in Entra ID. Two identities, so that what delivers events can do nothing else.'

import { tagsType } from '../../types.bicep'
import { eventIdentityName, handlerIdentityName } from 'names.bicep'

@description('Required. What the fleet is for.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags tagsType

resource handler 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: handlerIdentityName(name)
  location: location
  tags: tags
}

resource eventDelivery 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: eventIdentityName(name)
  location: location
  tags: tags
}
