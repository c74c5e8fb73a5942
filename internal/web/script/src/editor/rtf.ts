// Word and WPS copy a text as HTML, in which pictures are only addresses of files that no page may read, and as RTF, which
// carries the pictures themselves. This finds those, in their order.

const MAX_RTF = 120e6; // characters; two for each byte of a picture
const MAX_PICTURES = 200;
const MAX_GROUPS = 1000; // inside one another; Word writes some twenty

/** Groups in which pictures are not the text's own: bullets, the second form of a picture for old readers, running heads. */
const ELSEWHERE = /^(nonshppict|listpicture|header[lrf]?|footer[lrf]?|themedata|colorschememapping|blipuid)$/;

interface Group { skip: boolean; picture: boolean; format: '' | 'png' | 'jpeg' }

/**
 * The pictures of an RTF text as data: addresses; '' where one is there in a form that browsers do not show (EMF, WMF), so that
 * numbers stay right.
 */
export function picturesOf(rtf: string): string[] {
  if (!rtf.startsWith('{\\rtf') || rtf.length > MAX_RTF) {
    return [];
  }
  const out: string[] = [];
  const groups: Group[] = [{ skip: false, picture: false, format: '' }];
  const token = /[{}]|\\(?:([a-z]+)(-?\d+)? ?|'[0-9a-f]{2}|[^a-z])|[0-9a-f\s]{64,}/gi;
  for (let found = token.exec(rtf); found && out.length < MAX_PICTURES; found = token.exec(rtf)) {
    const group = groups.at(-1)!;
    const [text, word, number] = found;
    if (groups.length > MAX_GROUPS) {
      return [];
    }
    if (text === '{') {
      groups.push({ ...group, picture: false, format: '' });
    } else if (text === '}') {
      if (group.picture && !group.skip) {
        out.push('');
      }
      if (groups.length > 1) {
        groups.pop();
      }
    } else if (word === 'bin') {
      token.lastIndex += Math.max(0, Number(number) || 0); // bytes that are no text
    } else if (word) {
      said(group, word);
    } else if (group.picture && group.format && !group.skip && !text.startsWith('\\')) {
      out.push(address(text, group.format));
      group.picture = false;
    }
  }
  return out;
}

function said(group: Group, word: string): void {
  if (ELSEWHERE.test(word)) {
    group.skip = true;
  } else if (word === 'pict') {
    group.picture = true;
  } else if (word === 'pngblip') {
    group.format = 'png';
  } else if (word === 'jpegblip') {
    group.format = 'jpeg';
  }
}

/** Hexadecimal digits as a data: address; '' where the bytes are not what they are said to be. */
function address(hex: string, format: 'png' | 'jpeg'): string {
  const digits = hex.replace(/\s+/g, '').toLowerCase();
  if (!digits.startsWith(format === 'png' ? '89504e47' : 'ffd8ff')) {
    return '';
  }
  let bytes = '';
  const parts: string[] = [];
  for (let i = 0; i + 2 <= digits.length; i += 2) {
    bytes += String.fromCharCode(Number.parseInt(digits.slice(i, i + 2), 16));
    if (bytes.length === 3 << 14) { // a multiple of three, so that the parts of base64 can be put together
      parts.push(btoa(bytes));
      bytes = '';
    }
  }
  return `data:image/${format};base64,${parts.join('')}${btoa(bytes)}`;
}
