import './htmxconfig';
import htmx from 'htmx.org';

// No expression in an attribute is ever run as a script.
const refuse = function () {
  throw new Error('scripts in attributes are not run');
};
htmx.registerExtension('newsdesk', {
  init(api: { initSecurity(policy: undefined, sync: unknown, async: unknown): void }) {
    api.initSecurity(undefined, refuse, refuse);
  },
});
