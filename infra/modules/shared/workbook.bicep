metadata name = 'Workbook of the fleet'
metadata description = 'All stamps on one page: versions, update runs, traffic, nodes, pulls. What the handler thinks of them is on its own page.'

import { tagsType } from '../../types.bicep'

@description('Required. Purpose of the fleet, for names.')
param name string

@description('Required. Region.')
param location string

@description('Required. The shared workspace, which the queries read.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

// Columns of Front Door and registry logs are asked for with column_ifexists: their names are not verified against a live
// workspace, and a query without its column shows an empty chart instead of failing.
var content = replace(
  replace(loadTextContent('fleet.workbook.json'), '<workspace-id>', workspaceId),
  '<fleet-name>',
  name
)

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'workbook', name) // A workbook's name is a GUID.
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Fleet ${name}'
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: workspaceId
    serializedData: content
  }
}
