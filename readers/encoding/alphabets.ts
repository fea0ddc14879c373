/**
 * Letters beyond ASCII that languages are written with, in lower case, by the code page of Windows that has them: what a
 * wrong code page makes of a text is seldom all in one alphabet.
 */
export const alphabets: Readonly<Record<string, readonly string[]>> = {
  'windows-1252': [
    'àâæçéèêëîïôœùûüÿ', // French
    'äöüß', // German
    'áéíñóúü', // Spanish
    'ãáâàçéêíõóôúü', // Portuguese
    'àèéìíîòóùú', // Italian
    'àçèéíïòóúü', // Catalan
    'æøåéèóäöü', // Danish, Norwegian
    'åäöéü', // Swedish, Finnish
    'áðéíóúýþæö', // Icelandic
    'ëïéèöüáóíêôû', // Dutch, Afrikaans
    'ëç', // Albanian
    'áéíóúàèìòù', // Irish, Gaelic
  ],
  'windows-1250': [
    'ąćęłńóśźż', // Polish
    'áčďéěíňóřšťúůýž', // Czech
    'áäčďéíĺľňóôŕšťúýž', // Slovak
    'áéíóöőúüű', // Hungarian
    'ăâîşţ', // Romanian
    'čćđšž', // Croatian, Bosnian, Slovene
  ],
  'windows-1254': ['âçğıiîöşûü'], // Turkish; İ in lower case is i and a dot above
  'windows-1257': [
    'ąčęėįšųūž', // Lithuanian
    'āčēģīķļņōŗšūž', // Latvian
    'äõöüšž', // Estonian
  ],
  'windows-1258': ['àáâãăèéêìíĩòóôõơùúũưýđ'], // Vietnamese, its tones apart
}

/** What is written in one script. */
export const scripts: Readonly<Record<string, RegExp>> = {
  'windows-1251': /\p{Script=Cyrillic}/u,
  'windows-1253': /\p{Script=Greek}/u,
  'windows-1255': /\p{Script=Hebrew}/u,
  'windows-1256': /\p{Script=Arabic}/u,
  'windows-874': /\p{Script=Thai}/u,
}

/** The page of Windows whose letters an encoding has too. */
export const sistersOf: Readonly<Record<string, string>> = {
  'iso-8859-2': 'windows-1250',
  cp852: 'windows-1250',
  cp850: 'windows-1252',
  cp437: 'windows-1252',
  macroman: 'windows-1252',
  'iso-8859-15': 'windows-1252',
  cp866: 'windows-1251',
  'koi8-r': 'windows-1251',
  'koi8-u': 'windows-1251',
  'iso-8859-7': 'windows-1253',
}
