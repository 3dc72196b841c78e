// What administrators do for a customer, in words: what it is, what will happen, and what came of it.

import type { DeskAct, DeskActed } from '../host/types';
import { m } from '../paraglide/messages';

export type DeedKind = DeskAct['is'];

/** A deed that somebody is about to do. */
export interface Deed {
  customer: string;
  /** Whom it is for, as the desk shows it. */
  name: string;
  /** The number of the case that is open; empty where none is. */
  case: string;
  kind: DeedKind;
  /** What it is about: a report, a device, a customer; in words. */
  what: string;
  /** The report's key, or the device. */
  about: string;
}

interface Words {
  label: () => string;
  title: (deed: Deed) => string;
  will: (deed: Deed) => string;
  done: () => string;
}

const WORDS: Record<DeedKind, Words> = {
  resend: {
    label: m.deed_resend,
    title: m.deed_resend_title,
    will: ({ what }) => m.deed_resend_will({ what }),
    done: m.deed_done_resend,
  },
  resume: {
    label: m.deed_resume,
    title: m.deed_resume_title,
    will: m.deed_resume_will,
    done: m.deed_done_resume,
  },
  describe: {
    label: m.deed_describe,
    title: m.deed_describe_title,
    will: ({ name }) => m.deed_describe_will({ name }),
    done: m.deed_done_describe,
  },
  cancel_tests: {
    label: m.deed_cancel_tests,
    title: ({ what }) => m.deed_cancel_tests_title({ what }),
    will: m.deed_cancel_tests_will,
    done: m.deed_done_cancel_tests,
  },
  deregister: {
    label: m.deed_deregister,
    title: ({ what }) => m.deed_deregister_title({ what }),
    will: m.deed_deregister_will,
    done: m.deed_done_deregister,
  },
  break_glass: {
    label: m.deed_glass,
    title: ({ what }) => m.deed_glass_title({ what }),
    will: m.deed_glass_will,
    done: m.deed_done_glass,
  },
};

export const deedLabel = (kind: DeedKind): string => WORDS[kind].label();
export const deedTitle = (deed: Deed): string => WORDS[deed.kind].title(deed);
export const deedWill = (deed: Deed): string => WORDS[deed.kind].will(deed);

/** What came of it. */
export function deedCame(kind: DeedKind, came: DeskActed): string {
  switch (came.is) {
    case 'done':
      return WORDS[kind].done();
    case 'not_parked':
      return m.deed_not_parked();
    case 'no_alexa':
      return m.deed_no_alexa();
    case 'no_test_device':
      return m.deed_no_test();
    case 'no_device':
      return m.deed_no_device();
    case 'no_customer':
      return m.deed_no_customer();
    case 'other_serial':
      return m.deed_other_serial();
    case 'not_allowed':
      return m.deed_not_allowed();
    case 'later':
      return m.deed_later();
  }
}
