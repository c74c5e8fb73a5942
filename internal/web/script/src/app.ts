import './htmxconfig';
import htmx from 'htmx.org';
import { busyForms } from './app/busy';
import { composing } from './app/compose';
import { confirms } from './app/confirm';
import { copies } from './app/copy';
import { richCopies } from './app/copyrich';
import { drops } from './app/drop';
import { filters } from './app/filters';
import { keeps } from './app/keep';
import { live } from './app/live';
import { menus } from './app/menu';
import { movings } from './app/moving';
import { prints } from './app/print';
import { selections } from './app/select';
import { closedSlots } from './app/slots';
import { settings } from './app/settings';
import { sortables } from './app/sortable';
import { times } from './app/times';
import { flashes, toast } from './lib/toast';

// No expression in an attribute is ever run as a script.
const refuse = function () {
  throw new Error('scripts in attributes are not run');
};
htmx.registerExtension('newsdesk', {
  init(api: { initSecurity(policy: undefined, sync: unknown, async: unknown): void }) {
    api.initSecurity(undefined, refuse, refuse);
  },
});

function start(): void {
  document.documentElement.classList.add('has-scripts');
  confirms();
  busyForms();
  copies();
  richCopies();
  menus();
  filters();
  selections();
  sortables();
  movings();
  closedSlots();
  composing();
  drops();
  times();
  keeps();
  prints();
  settings();
  flashes(document);
  live();
  // The server's refusal of what htmx asked; see refusal.go.
  document.addEventListener('newsdesk:refused', (event) => {
    toast((event as CustomEvent<{ text: string }>).detail.text, 'bad');
  });
  document.addEventListener('newsdesk:swapped', (event) => flashes(event.target as ParentNode));
}

if (document.readyState === 'loading') {
  document.addEventListener('DOMContentLoaded', start);
} else {
  start();
}
