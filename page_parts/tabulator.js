// The modules of the grid that pages use, and no others: the whole library is half as large again.
import {
  ClipboardModule,
  EditModule,
  ExportModule,
  FilterModule,
  FormatModule,
  FrozenColumnsModule,
  GroupRowsModule,
  HistoryModule,
  InteractionModule,
  KeybindingsModule,
  ResizeColumnsModule,
  SelectRangeModule,
  SortModule,
  Tabulator,
  ValidateModule,
} from "./node_modules/tabulator-tables/dist/js/tabulator_esm.mjs";

Tabulator.registerModule([
  ClipboardModule,
  EditModule,
  ExportModule,
  FilterModule,
  FormatModule,
  FrozenColumnsModule,
  GroupRowsModule,
  HistoryModule,
  InteractionModule,
  KeybindingsModule,
  ResizeColumnsModule,
  SelectRangeModule,
  SortModule,
  ValidateModule,
]);

export { Tabulator };
