metadata name = 'Resource group'
metadata description = 'A resource group. A module of its own, so that the entry points create nothing themselves.'

import { tagsType } from '../types.bicep'

targetScope = 'subscription'

@description('Required. Name of the group.')
param name string

@description('Required. The region that keeps the group\'s metadata. What lies in the group can still be managed elsewhere, but not while this region is down.')
param location string

@description('Required. Tags of the group.')
param tags tagsType

resource resourceGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: name
  location: location
  tags: tags
}
