/** An invented file that lists creators, accounts, products or rates, and what onboarding and ingesting it come to. */
export interface ListCase {
  /** Says the model first. */
  readonly name: string
  readonly region: string
  /** Text; or rows of cells, of a workbook. */
  readonly files: Readonly<Record<string, string | readonly (readonly (string | number)[])[]>>
  readonly answers?: Readonly<Record<string, string>>
  readonly params?: Readonly<Record<string, string>>
  readonly model: 'creator' | 'creator_account' | 'product' | 'fx_rate' | 'transaction'
  /** Questions that are left open. */
  readonly open?: readonly string[]
  /** Of records: loaded, rejected, held. */
  readonly counts: readonly [number, number, number]
  /** Rows of core, each as one text. */
  readonly select: string
  readonly rows: readonly string[]
  /** Lines that the contract has, without what stands around them. */
  readonly says: readonly string[]
}

/** Text of a file. */
const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`

const creators: readonly ListCase[] = [
  {
    name: 'creator: an English CSV with a name in two columns and telephones',
    region: 'ng',
    files: {
      'creators_2026-03.csv': lines(
        'Creator ID,First Name,Last Name,Country,Email,Phone,Joined At',
        'c-001,Ada,Sample,NG,ada@example.com,08030000001,2024-05-03T10:15:00Z',
        'c-002,Bode,Mock,ng,bode@example.com,08030000002,2024-06-11T00:00:00Z',
        'c-003,Chi,Test,GH,chi@example.com,08030000003,2025-01-20T23:30:00Z',
        'c-004,Dayo,Fake,XX,dayo@example.com,08030000004,2025-02-01T08:00:00Z',
      ),
    },
    model: 'creator',
    counts: [3, 1, 0],
    select: "creator_id, name, country, region, joined_at at time zone 'UTC'",
    rows: [
      'c-001|Ada Sample|NG|ng|2024-05-03 10:15:00',
      'c-002|Bode Mock|NG|ng|2024-06-11 00:00:00',
      'c-003|Chi Test|GH|ng|2025-01-20 23:30:00',
    ],
    says: [
      'creator_id: { from: Creator ID }  # no two different records of a file have the same',
      'name: { from: [ First Name, Last Name ] }  # given and family name',
    ],
  },
  {
    name: 'creator: a Brazilian CSV with semicolons, names of countries and a Windows encoding of words',
    region: 'br',
    files: {
      'produtores.csv': lines(
        'Código do produtor;Nome completo;País;E-mail;Data de cadastro',
        '1001;Ana Exemplo;Brasil;ana@example.com;25/03/2024',
        '1002;João Ficção;Brasil;joao@example.com;02/04/2024',
        '1003;Inês Inventada;Portugal;ines@example.com;14/11/2025',
        '1004;Luiz Teste;Alemanha;luiz@example.com;30/12/2025',
      ),
    },
    model: 'creator',
    counts: [4, 0, 0],
    select: "creator_id, name, country, joined_at at time zone 'America/Sao_Paulo'",
    rows: [
      '1001|Ana Exemplo|BR|2024-03-25 00:00:00',
      '1002|João Ficção|BR|2024-04-02 00:00:00',
      '1003|Inês Inventada|PT|2025-11-14 00:00:00',
      '1004|Luiz Teste|DE|2025-12-30 00:00:00',
    ],
    says: [
      'country: { from: "País", map: { Brasil: BR, Alemanha: DE, Portugal: PT } }  # its words are known',
      'joined_at: { from: Data de cadastro, format: "DD/MM/YYYY" }  # "14/11/2025" can be read in no other order',
    ],
  },
  {
    name: 'creator: a Bangla CSV without a country',
    region: 'bd',
    files: {
      'nirmata.csv': lines(
        'নির্মাতা আইডি,নাম,মোবাইল নম্বর,যোগদানের তারিখ',
        'নি-১,রাফি নমুনা,০১৭১১০০০০০১,১৫-০১-২০২৫',
        'নি-২,মিতু কল্পিত,০১৭১১০০০০০২,০৩-০২-২০২৫',
        'নি-৩,জয় পরীক্ষা,০১৭১১০০০০০৩,২৮-০২-২০২৫',
      ),
    },
    model: 'creator',
    counts: [3, 0, 0],
    select: "creator_id, name, country, joined_at at time zone 'Asia/Dhaka'",
    rows: [
      'নি-১|রাফি নমুনা|BD|2025-01-15 00:00:00',
      'নি-২|মিতু কল্পিত|BD|2025-02-03 00:00:00',
      'নি-৩|জয় পরীক্ষা|BD|2025-02-28 00:00:00',
    ],
    says: ["country: { value: BD }  # no column has one: the region's"],
  },
  {
    name: 'creator: a French workbook with a title above the header',
    region: 'sn',
    files: {
      'createurs.xlsx': [
        ['Liste des créateurs'],
        [],
        ['Identifiant', 'Nom complet', 'Pays', 'Courriel'],
        ['A1', 'Awa Exemple', 'Sénégal', 'awa@example.com'],
        ['A2', 'Issa Fictif', 'Côte d’Ivoire', 'issa@example.com'],
        ['A3', 'Fatou Essai', 'Sénégal', 'fatou@example.com'],
      ],
    },
    model: 'creator',
    counts: [3, 0, 0],
    select: 'creator_id, name, country, joined_at',
    rows: ['A1|Awa Exemple|SN|', 'A2|Issa Fictif|CI|', 'A3|Fatou Essai|SN|'],
    says: ['creator_id: { from: Identifiant }'],
  },
  {
    name: 'creator: NDJSON with seconds since 1970',
    region: 'ke',
    files: {
      'users.ndjson': lines(
        '{"user_id":"u1","display_name":"Wanjiru Sample","country_code":"KEN","signed_up_at":1714557600}',
        '{"user_id":"u2","display_name":"Otieno Mock","country_code":"KEN","signed_up_at":1717236000}',
        '{"user_id":"u3","display_name":"Asha Test","country_code":"TZA","signed_up_at":1719828000}',
      ),
    },
    model: 'creator',
    counts: [3, 0, 0],
    select: "creator_id, name, country, joined_at at time zone 'UTC'",
    rows: [
      'u1|Wanjiru Sample|KE|2024-05-01 10:00:00',
      'u2|Otieno Mock|KE|2024-06-01 10:00:00',
      'u3|Asha Test|TZ|2024-07-01 10:00:00',
    ],
    says: ['country: { from: country_code, map: { KEN: KE, TZA: TZ } }'],
  },
  {
    name: 'creator: two files of which the second has all of the first and more',
    region: 'gh',
    files: {
      'creators-1.csv': lines('creator_id,name,country,joined_at', 'g1,Ama,GH,2025-01-10', 'g2,Kofi,GH,2025-02-10'),
      'creators-2.csv': lines(
        'creator_id,name,country,joined_at',
        'g1,Ama Serwaa,GH,2025-01-10',
        'g2,Kofi,GH,2025-02-10',
        'g3,Esi,GH,2025-03-10',
      ),
    },
    model: 'creator',
    counts: [5, 0, 0],
    select: 'creator_id, name',
    rows: ['g1|Ama Serwaa', 'g2|Kofi', 'g3|Esi'],
    says: [
      '# Each of the 2 files has all records of the one before: these may be full lists. With mode: snapshot what is missing from the next one is closed; without it, as here, nothing is.',
    ],
  },
]

const accounts: readonly ListCase[] = [
  {
    name: 'creator_account: an English CSV with history',
    region: 'ng',
    files: {
      'accounts.csv': lines(
        'creator_id,provider,account,valid_from,valid_to',
        'c-001,paystack,ACCT_1,2024-01-01,2025-06-01',
        'c-002,paystack,ACCT_1,2025-06-01,',
        'c-001,opay,8030000001,2025-06-01,2099-01-01',
        'c-003,opay,8030000003,2025-02-01,',
      ),
    },
    model: 'creator_account',
    counts: [4, 0, 0],
    select: 'creator_id, provider, account, valid_from, valid_to',
    rows: [
      'c-001|opay|8030000001|2025-06-01|2099-01-01',
      'c-001|paystack|ACCT_1|2024-01-01|2025-06-01',
      'c-002|paystack|ACCT_1|2025-06-01|',
      'c-003|opay|8030000003|2025-02-01|',
    ],
    says: ['valid_from: { from: valid_from }'],
  },
  {
    name: 'creator_account: a Brazilian CSV with semicolons',
    region: 'br',
    files: {
      'contas.csv': lines(
        'Vendedor;Banco;Conta;Válido desde;Válido até',
        'V1;Banco Um;12345-6;15/01/2025;',
        'V2;Banco Um;22345-6;01/02/2025;30/06/2025',
        'V2;Banco Dois;998877;01/07/2025;',
      ),
    },
    model: 'creator_account',
    counts: [3, 0, 0],
    select: 'creator_id, provider, account, valid_from, valid_to',
    rows: [
      'V1|Banco Um|12345-6|2025-01-15|',
      'V2|Banco Dois|998877|2025-07-01|',
      'V2|Banco Um|22345-6|2025-02-01|2025-06-30',
    ],
    says: ['valid_from: { from: "Válido desde", format: "DD/MM/YYYY" }  # "15/01/2025" can be read in no other order'],
  },
  {
    name: 'creator_account: a French workbook with days of a spreadsheet',
    region: 'sn',
    files: {
      'comptes.xlsx': [
        ['Identifiant du vendeur', 'Opérateur', 'Numéro de compte', 'Date de début'],
        ['S1', 'Réseau A', '770000001', '2025-03-01'],
        ['S2', 'Réseau A', '770000002', '2025-03-15'],
        ['S3', 'Réseau B', '780000003', '2025-04-01'],
      ],
    },
    model: 'creator_account',
    counts: [3, 0, 0],
    select: 'creator_id, provider, account, valid_from',
    rows: ['S1|Réseau A|770000001|2025-03-01', 'S2|Réseau A|770000002|2025-03-15', 'S3|Réseau B|780000003|2025-04-01'],
    says: ['provider: { from: "Opérateur" }'],
  },
  {
    name: 'creator_account: NDJSON without days is held until a person says since when',
    region: 'ke',
    files: {
      'wallets.ndjson': lines(
        '{"seller_id":"s1","network":"A","wallet_number":"254700000001"}',
        '{"seller_id":"s2","network":"B","wallet_number":"254700000002"}',
      ),
    },
    model: 'creator_account',
    open: ['valid_from'],
    counts: [0, 0, 2],
    select: 'creator_id',
    rows: [],
    says: ['always: { valid_from: { value: "1970-01-02" } }  # earlier sales are theirs too'],
  },
  {
    name: 'creator_account: the same with the answer',
    region: 'ke',
    files: {
      'wallets2.ndjson': lines(
        '{"seller_id":"s1","network":"A","wallet_number":"254700000001"}',
        '{"seller_id":"s2","network":"B","wallet_number":"254700000002"}',
      ),
    },
    answers: { valid_from: 'always' },
    model: 'creator_account',
    counts: [2, 0, 0],
    select: 'creator_id, provider, account, valid_from',
    rows: ['s1|A|254700000001|1970-01-02', 's2|B|254700000002|1970-01-02'],
    says: [
      'valid_from: { value: "1970-01-02" }  # no column says since when; valid_from: earlier sales are theirs too',
    ],
  },
  {
    name: 'creator_account: a Bangla CSV of one provider, which is told beside the file',
    region: 'bd',
    files: {
      'hisab.csv': lines(
        'বিক্রেতার আইডি,অ্যাকাউন্ট নম্বর,শুরুর তারিখ,শেষের তারিখ',
        'b1,০১৭১১০০০০০১,১৫/০১/২০২৫,',
        'b2,০১৭১১০০০০০২,২০/০১/২০২৫,৩১/১২/২০২৫',
      ),
    },
    params: { provider: 'bkash' },
    model: 'creator_account',
    counts: [2, 0, 0],
    select: 'creator_id, provider, account, valid_from, valid_to',
    rows: ['b1|bkash|০১৭১১০০০০০১|2025-01-15|', 'b2|bkash|০১৭১১০০০০০২|2025-01-20|2025-12-31'],
    says: ['match: "hisab/{provider}/**"', 'provider: { value: "{provider}" }'],
  },
]

const products: readonly ListCase[] = [
  {
    name: 'product: an English CSV with statuses and days of listing',
    region: 'ng',
    files: {
      'products.csv': lines(
        'product_id,creator_id,title,category,price,currency,status,listed_at',
        'p1,c-001,Budget Planner,ebook,2500.50,NGN,published,2025-01-05T09:00:00Z',
        'p2,c-001,Lagos Presets,preset,4000.00,NGN,draft,2025-02-05T09:00:00Z',
        'p3,c-002,Afrobeat Loops,audio,15.00,USD,archived,2025-03-05T09:00:00Z',
        'p4,c-003,Pay What You Want,ebook,,NGN,published,2025-03-06T09:00:00Z',
        'p5,c-003,Too Fine,ebook,1.005,NGN,published,2025-03-06T09:00:00Z',
      ),
    },
    model: 'product',
    counts: [4, 1, 0],
    select: 'product_id, creator_id, title, kind, price, currency, status',
    rows: [
      'p1|c-001|Budget Planner|ebook|2500.500000000|NGN|listed',
      'p2|c-001|Lagos Presets|preset|4000.000000000|NGN|draft',
      'p3|c-002|Afrobeat Loops|audio|15.000000000|USD|unlisted',
      'p4|c-003|Pay What You Want|ebook||NGN|listed',
    ],
    says: [
      'status: { from: status, map: { published: listed, archived: unlisted, draft: draft } }  # its words are known',
    ],
  },
  {
    name: 'product: a Brazilian CSV with semicolons and decimal commas',
    region: 'br',
    files: {
      'produtos.csv': lines(
        'Código do produto;Vendedor;Nome do produto;Preço;Publicado em',
        '77;V1;Curso de Violão;1.249,90;13/02/2025',
        '78;V1;Curso de Canto;89,90;14/02/2025',
        '79;V2;Planilha de Gastos;19,00;20/03/2025',
      ),
    },
    model: 'product',
    counts: [3, 0, 0],
    select: "product_id, creator_id, title, price, currency, status, listed_at at time zone 'America/Sao_Paulo'",
    rows: [
      '77|V1|Curso de Violão|1249.900000000|BRL|listed|2025-02-13 00:00:00',
      '78|V1|Curso de Canto|89.900000000|BRL|listed|2025-02-14 00:00:00',
      '79|V2|Planilha de Gastos|19.000000000|BRL|listed|2025-03-20 00:00:00',
    ],
    says: ['currency: { value: BRL }'],
  },
  {
    name: 'product: JSON of one creator, who is told beside the file',
    region: 'us',
    files: {
      'catalog.json': JSON.stringify({
        data: [
          { id: 'x1', title: 'Icon Set', price: '29.00', currency: 'USD', published: true },
          { id: 'x2', title: 'Font Pack', price: '49.50', currency: 'USD', published: false },
          { id: 'x3', title: 'Course', price: '199.00', currency: 'EUR', published: true },
        ],
      }),
    },
    params: { creator_id: 'c-9' },
    model: 'product',
    counts: [3, 0, 0],
    select: 'product_id, creator_id, title, price, currency, status',
    rows: [
      'x1|c-9|Icon Set|29.000000000|USD|listed',
      'x2|c-9|Font Pack|49.500000000|USD|unlisted',
      'x3|c-9|Course|199.000000000|EUR|listed',
    ],
    says: [
      'match: "catalog/{creator_id}/**"',
      'status: { from: published, map: { "true": listed, "false": unlisted } }',
    ],
  },
  {
    name: 'product: a Vietnamese CSV in a currency without decimals',
    region: 'vn',
    files: {
      'san_pham.csv': lines(
        'Mã sản phẩm,Tên sản phẩm,Người bán,Giá,Trạng thái,Ngày đăng',
        'SP1,Khóa học guitar,nb1,₫1.250.000,Đang bán,20/01/2025',
        'SP2,Sách nấu ăn,nb2,₫89.000,Ngừng bán,21/01/2025',
        'SP3,Mẫu thiết kế,nb1,₫150.000,Đang bán,05/02/2025',
      ),
    },
    model: 'product',
    counts: [3, 0, 0],
    select: 'product_id, creator_id, title, price, currency, status',
    rows: [
      'SP1|nb1|Khóa học guitar|1250000.000000000|VND|listed',
      'SP2|nb2|Sách nấu ăn|89000.000000000|VND|unlisted',
      'SP3|nb1|Mẫu thiết kế|150000.000000000|VND|listed',
    ],
    says: ['symbols: [ "₫" ]'],
  },
  {
    name: 'product: prices in whole numbers are held until a person says of which unit',
    region: 'bd',
    files: {
      'ponno.xlsx': [
        ['পণ্য আইডি', 'পণ্যের নাম', 'বিক্রেতা', 'মূল্য'],
        ['b-1', 'বই', 'r1', 250],
        ['b-2', 'গান', 'r2', 1200],
        ['b-3', 'নকশা', 'r2', 99],
      ],
    },
    model: 'product',
    open: ['unit'],
    counts: [0, 0, 3],
    select: 'product_id',
    rows: [],
    says: ['question: "Are the amounts whole units of the currency, or its smallest unit (kobo, paisa, cents)?"'],
  },
  {
    name: 'product: the same with the answer',
    region: 'bd',
    files: {
      'ponno2.xlsx': [
        ['পণ্য আইডি', 'পণ্যের নাম', 'বিক্রেতা', 'মূল্য'],
        ['b-1', 'বই', 'r1', 250],
        ['b-2', 'গান', 'r2', 1200],
        ['b-3', 'নকশা', 'r2', 99],
      ],
    },
    answers: { unit: 'major' },
    model: 'product',
    counts: [3, 0, 0],
    select: 'product_id, creator_id, title, price, currency',
    rows: ['b-1|r1|বই|250.000000000|BDT', 'b-2|r2|গান|1200.000000000|BDT', 'b-3|r2|নকশা|99.000000000|BDT'],
    says: ['product_id: { from: "পণ্য আইডি" }'],
  },
]

const rates: readonly ListCase[] = [
  {
    name: 'fx_rate: an English CSV that says dollars for a unit',
    region: 'ng',
    files: {
      'fx-2026-03.csv': lines(
        'date,currency,usd_rate',
        '2026-03-01,NGN,0.00065552',
        '2026-03-01,GHS,0.0921737',
        '2026-03-02,NGN,0.00065448',
        '2026-03-02,GHS,0',
      ),
    },
    model: 'fx_rate',
    counts: [3, 1, 0],
    select: 'date, currency, usd_rate',
    rows: ['2026-03-01|GHS|0.092173700', '2026-03-01|NGN|0.000655520', '2026-03-02|NGN|0.000654480'],
    says: [
      'checks: [ { name: rate_positive, sql: "usd_rate > 0", severity: reject } ]',
      'usd_rate: { from: usd_rate, group: "" }  # the name "usd_rate" and 0.0921737 for GHS: US dollars for one unit;',
    ],
  },
  {
    name: 'fx_rate: a Brazilian CSV of units for a dollar, told by its sizes',
    region: 'br',
    files: {
      'cambio.csv': lines(
        'Data;Moeda;Cotação',
        '13/03/2026;BRL;5,2431',
        '13/03/2026;JPY;148,25',
        '14/03/2026;BRL;5,3',
        '14/03/2026;JPY;149,1',
      ),
    },
    model: 'fx_rate',
    counts: [4, 0, 0],
    select: 'date, currency, usd_rate',
    rows: [
      '2026-03-13|BRL|0.190726860',
      '2026-03-13|JPY|0.006745363',
      '2026-03-14|BRL|0.188679245',
      '2026-03-14|JPY|0.006706908',
    ],
    says: ['invert: true'],
  },
  {
    name: 'fx_rate: NDJSON with pairs of currencies, the dollar second',
    region: 'gb',
    files: {
      'rates.ndjson': lines(
        '{"timestamp":"2026-03-01T16:00:00Z","pair":"EUR/USD","close":1.0845}',
        '{"timestamp":"2026-03-01T16:00:00Z","pair":"GBP/USD","close":1.2712}',
        '{"timestamp":"2026-03-02T16:00:00Z","pair":"EUR/USD","close":1.0851}',
        '{"timestamp":"2026-03-02T16:00:00Z","pair":"GBP/USD","close":1.27}',
      ),
    },
    model: 'fx_rate',
    counts: [4, 0, 0],
    select: 'date, currency, usd_rate',
    rows: [
      '2026-03-01|EUR|1.084500000',
      '2026-03-01|GBP|1.271200000',
      '2026-03-02|EUR|1.085100000',
      '2026-03-02|GBP|1.270000000',
    ],
    says: ['currency: { from: pair, extract: "^([A-Za-z]{3})[-/_. :]?[Uu][Ss][Dd]$" }  # pairs with the US dollar'],
  },
  {
    name: 'fx_rate: a workbook with base and quote',
    region: 'ke',
    files: {
      'fx.xlsx': [
        ['Base', 'Quote', 'Date', 'Mid Rate', 'Buying Rate', 'Selling Rate'],
        ['USD', 'KES', '2026-03-01', 129.5, 128, 131],
        ['USD', 'TZS', '2026-03-01', 2650.25, 2600, 2700],
        ['USD', 'KES', '2026-03-02', 129.75, 128.25, 131.25],
      ],
    },
    model: 'fx_rate',
    counts: [3, 0, 0],
    select: 'date, currency, usd_rate',
    rows: ['2026-03-01|KES|0.007722008', '2026-03-01|TZS|0.000377323', '2026-03-02|KES|0.007707129'],
    says: [
      'usd_rate: { from: Mid Rate, group: "", invert: true }  # the pairs of currencies and 129.75 for KES: units for one US dollar;',
    ],
  },
  {
    name: 'fx_rate: a Bangla CSV of one currency, which the name of the rate tells',
    region: 'bd',
    files: {
      'har.csv': lines('তারিখ,BDT per USD', '১৪-০৩-২০২৬,১২১.৫০', '১৫-০৩-২০২৬,১২১.৭৫', '১৬-০৩-২০২৬,১২২'),
    },
    model: 'fx_rate',
    counts: [3, 0, 0],
    select: 'date, currency, usd_rate',
    rows: ['2026-03-14|BDT|0.008230453', '2026-03-15|BDT|0.008213552', '2026-03-16|BDT|0.008196721'],
    says: ['currency: { value: BDT }  # the name "BDT per USD" says it'],
  },
  {
    name: 'fx_rate: of the euro either way round is possible, and held',
    region: 'de',
    files: {
      'kurse.csv': lines(
        'Datum;Währung;Kurs',
        '13.03.2026;EUR;0,9234',
        '14.03.2026;EUR;0,9211',
        '15.03.2026;EUR;0,9199',
      ),
    },
    model: 'fx_rate',
    open: ['usd_rate.direction'],
    counts: [0, 0, 3],
    select: 'date',
    rows: [],
    says: [
      'question: "Are the rates US dollars for one unit of the currency, or units for one US dollar?"  # no name says it, and rates such as 0.9234 for EUR can be both',
    ],
  },
  {
    name: 'fx_rate: the same with the answer',
    region: 'de',
    files: { 'kurse2.csv': lines('Datum;Währung;Kurs', '13.03.2026;EUR;0,9234', '14.03.2026;EUR;0,9211') },
    answers: { 'usd_rate.direction': 'units' },
    model: 'fx_rate',
    counts: [2, 0, 0],
    select: 'date, currency, usd_rate',
    rows: ['2026-03-13|EUR|1.082954299', '2026-03-14|EUR|1.085658452'],
    says: ['invert: true'],
  },
  {
    name: 'fx_rate: a name that says other than the sizes is a question',
    region: 'ng',
    files: {
      'naira.csv': lines(
        'Date,Currency,USD Rate',
        '2026-03-01,NGN,1500.25',
        '2026-03-02,NGN,1501.5',
        '2026-03-03,NGN,1499',
      ),
    },
    model: 'fx_rate',
    open: ['usd_rate.direction'],
    counts: [0, 0, 3],
    select: 'date',
    rows: [],
    says: ['# the name "USD Rate" says US dollars for one unit, 1501.5 for NGN says units for one US dollar'],
  },
  {
    name: 'fx_rate: at which a bank buys or sells is a question',
    region: 'gh',
    files: {
      'bank.csv': lines(
        'Date,Currency,Buying Rate,Selling Rate',
        '2026-03-01,GHS,10.8012,11.0123',
        '2026-03-02,GHS,10.8112,11.0223',
      ),
    },
    answers: { 'usd_rate.column': 'Selling Rate' },
    model: 'fx_rate',
    counts: [2, 0, 0],
    select: 'date, currency, usd_rate',
    rows: ['2026-03-01|GHS|0.090807552', '2026-03-02|GHS|0.090725166'],
    says: ['usd_rate: { group: "", invert: true, from: Selling Rate }'],
  },
  {
    name: 'fx_rate: a base beside a currency, the dollar',
    region: 'ng',
    files: {
      'api.json': JSON.stringify([
        { date: '2026-03-01', base: 'USD', currency: 'NGN', rate: 1500.125 },
        { date: '2026-03-01', base: 'USD', currency: 'EUR', rate: 0.9215 },
        { date: '2026-03-02', base: 'USD', currency: 'NGN', rate: 1500.5 },
      ]),
    },
    model: 'fx_rate',
    counts: [3, 0, 0],
    select: 'date, currency, usd_rate',
    rows: ['2026-03-01|EUR|1.085187195', '2026-03-01|NGN|0.000666611', '2026-03-02|NGN|0.000666445'],
    says: ['# the pairs of currencies and 1500.5 for NGN: units for one US dollar;'],
  },
  {
    name: 'fx_rate: names of currencies, and the dollar in the name of the rate',
    region: 'gh',
    files: {
      'names.csv': lines(
        'Date;Currency;Units per US dollar',
        '13/03/2026;Ghanaian Cedi;10.8012',
        '13/03/2026;naira;1500.5',
        '14/03/2026;Shell money;7',
        '14/03/2026;Ghanaian Cedi;10.8112',
      ),
    },
    model: 'fx_rate',
    counts: [3, 1, 0],
    select: 'date, currency, usd_rate',
    rows: ['2026-03-13|GHS|0.092582306', '2026-03-13|NGN|0.000666445', '2026-03-14|GHS|0.092496670'],
    says: ['currency: { from: Currency, map: { Ghanaian Cedi: GHS, naira: NGN } }'],
  },
  {
    name: 'fx_rate: of the region’s currency, where only the dollar is named',
    region: 'ke',
    files: { 'own.csv': lines('date,usd_rate', '2026-03-01,0.00772', '2026-03-02,0.00771', '2026-03-03,0.0077') },
    model: 'fx_rate',
    counts: [3, 0, 0],
    select: 'date, currency, usd_rate',
    rows: ['2026-03-01|KES|0.007720000', '2026-03-02|KES|0.007710000', '2026-03-03|KES|0.007700000'],
    says: ["currency: { value: KES }  # no column names one: the region's, and the rates have its size"],
  },
  {
    name: 'fx_rate: pairs of both ways round load one way, and reject the others',
    region: 'us',
    files: {
      'mixed.csv': lines(
        'Date,Pair,Rate',
        '2026-03-01,USD/NGN,1500',
        '2026-03-01,USD/KES,129.5',
        '2026-03-01,EUR/USD,1.0845',
      ),
    },
    model: 'fx_rate',
    counts: [2, 1, 0],
    select: 'date, currency, usd_rate',
    rows: ['2026-03-01|KES|0.007722008', '2026-03-01|NGN|0.000666667'],
    says: ['# pairs with the US dollar; records of other pairs are rejected'],
  },
]

const movements: readonly ListCase[] = [
  {
    name: 'transaction: sales of products, with titles, prices and statuses',
    region: 'ng',
    files: {
      'orders.csv': lines(
        'Order ID,Product,Price,Currency,Status,Order Date',
        'o1,Budget Planner,2500.50,NGN,paid,2025-01-15',
        'o2,Lagos Presets,4000.00,NGN,paid,2025-01-16',
        'o3,Afrobeat Loops,1500.00,NGN,paid,2025-01-17',
      ),
    },
    model: 'transaction',
    counts: [3, 0, 0],
    select: 'transaction_id, gross',
    rows: ['o1|2500.500000000', 'o2|4000.000000000', 'o3|1500.000000000'],
    says: ['gross: { from: Price, group: "" }'],
  },
  {
    name: 'transaction: titles and prices with words for how far a payment has come',
    region: 'ng',
    files: {
      'paid.csv': lines(
        'ID,Title,Price,Currency,Status,Date',
        '101,Budget Planner,2500.50,NGN,paid,2025-01-15',
        '102,Lagos Presets,4000.00,NGN,failed,2025-01-16',
        '103,Afrobeat Loops,1500.00,NGN,paid,2025-01-17',
      ),
    },
    model: 'transaction',
    counts: [3, 0, 0],
    select: 'transaction_id, gross, status',
    rows: ['101|2500.500000000|settled', '102|4000.000000000|failed', '103|1500.000000000|settled'],
    says: ['status: { from: Status, map: { paid: settled, failed: failed } }'],
  },
  {
    name: 'transaction: records with an amount and a rate of exchange',
    region: 'ng',
    files: {
      'card.csv': lines(
        'ID,Date,Amount,Currency,Exchange Rate',
        't1,2025-01-15,25.50,USD,1500.25',
        't2,2025-01-16,40.00,USD,1501.5',
        't3,2025-01-17,15.00,USD,1499',
      ),
    },
    model: 'transaction',
    counts: [3, 0, 0],
    select: 'transaction_id, gross',
    rows: ['t1|25.500000000', 't2|40.000000000', 't3|15.000000000'],
    says: ['gross: { from: Amount, group: "" }'],
  },
  {
    name: 'transaction: what a person says it is, where it could be a list of products',
    region: 'ng',
    files: {
      'either.csv': lines(
        'ID,Title,Price,Currency,Date',
        '101,Budget Planner,2500.50,NGN,2025-01-15',
        '102,Lagos Presets,4000.00,NGN,2025-01-16',
        '103,Afrobeat Loops,1500.00,NGN,2025-01-17',
      ),
    },
    answers: { model: 'transaction' },
    model: 'transaction',
    counts: [3, 0, 0],
    select: 'transaction_id, gross',
    rows: ['101|2500.500000000', '102|4000.000000000', '103|1500.000000000'],
    says: ['gross: { from: Price, group: "" }'],
  },
]

export const listCases: readonly ListCase[] = [...creators, ...accounts, ...products, ...rates, ...movements]
