/** What people of one place write in their files. No word begins or ends with a quote, and none looks like a number. */
export interface Voice {
  readonly name: string
  readonly words: readonly string[]
  readonly people: readonly string[]
  /** With commas; `"…"` stands for a phrase in quotes, which never touches a comma or an edge. */
  readonly sentences: readonly string[]
  readonly header: {
    readonly id: string
    readonly code: string
    readonly date: string
    readonly time: string
    readonly count: string
    readonly amount: string
    readonly price: string
    readonly word: string
    readonly person: string
    readonly sentence: string
    readonly remark: string
  }
  /** `0` stands for the number. */
  readonly money: readonly string[]
  readonly total: string
  readonly titles: readonly string[]
}

const nigerian: Voice = {
  name: 'Nigerian',
  words: ['Lagos', 'Port Harcourt', 'Ọ̀yọ́', 'Kano', "Onitsha's Main Market", 'Ìbàdàn', 'Abuja FCT', 'Enugu'],
  people: ['Chidinma Okafor', "Ngozi O'Brien", 'Adébáyọ̀ Ògúnlẹ́sì', 'Musa Ibrahim', 'Ifeoma Eze-Nwosu'],
  sentences: [
    'Delivered to the gate, signed for by security, no damage.',
    'Customer asked for the "Classic" model, we sent the new one.',
    'Refund agreed on the phone, see ticket, wait for finance.',
    "It isn't ready, the driver won't wait, call again.",
    'Boots with a 10" shaft, leather, black',
  ],
  header: {
    id: 'Order ID',
    code: 'Reference',
    date: 'Transaction Date',
    time: 'Time',
    count: 'Qty',
    amount: 'Amount (NGN)',
    price: 'Unit Price',
    word: 'City',
    person: 'Customer Name',
    sentence: 'Narration',
    remark: 'Comments',
  },
  money: ['₦0', 'NGN 0', '$0'],
  total: 'Total',
  titles: ['Sales report', 'Settlement statement for the period', 'Region: West', 'Sales, refunds and fees; by shop'],
}

const pakistani: Voice = {
  name: 'Pakistani',
  words: ['کراچی', 'لاہور', 'Faisalabad', 'راولپنڈی', 'Quetta Cantt', 'پشاور', 'Multan', 'حیدرآباد'],
  people: ['محمد احمد', 'عائشہ بی بی', 'Bilal Khan', 'Fatima Zahra Sheikh', 'عمران علی'],
  sentences: [
    'آرڈر پہنچ گیا, رقم وصول ہوئی, شکریہ',
    'Cash on delivery, call before you come, gate no. two',
    'Parcel was "fragile" goods, packed again, sent on',
    'گاہک نے منع کر دیا, واپس بھیجیں',
  ],
  header: {
    id: 'آرڈر نمبر',
    code: 'حوالہ',
    date: 'تاریخ',
    time: 'وقت',
    count: 'تعداد',
    amount: 'رقم',
    price: 'قیمت فی عدد',
    word: 'شہر',
    person: 'نام',
    sentence: 'تفصیل',
    remark: 'ریمارکس',
  },
  money: ['Rs 0', 'PKR 0', 'Rs.0'],
  total: 'Grand Total',
  titles: ['فروخت کی رپورٹ', 'Daily cash report', 'Branch: Saddar', 'Internal use only'],
}

const bengali: Voice = {
  name: 'Bengali',
  words: ['ঢাকা', 'চট্টগ্রাম', 'Sylhet', 'রাজশাহী', "Cox's Bazar", 'খুলনা', 'বরিশাল', 'Uttara Sector'],
  people: ['রহিম উদ্দিন', 'ফাতেমা বেগম', 'Tanvir Hasan', 'Nusrat Jahan', 'সুমন দাস'],
  sentences: [
    'পণ্য পৌঁছে গেছে, টাকা পাওয়া গেছে, ধন্যবাদ',
    'Paid by bKash, receipt kept, closed',
    'ক্রেতা "জরুরি" বলেছেন, আজই পাঠান',
    'ফেরত চাওয়া হয়েছে, অপেক্ষা করুন',
  ],
  header: {
    id: 'অর্ডার আইডি',
    code: 'রেফারেন্স',
    date: 'তারিখ',
    time: 'সময়',
    count: 'পরিমাণ',
    amount: 'মোট টাকা',
    price: 'একক মূল্য',
    word: 'শহর',
    person: 'ক্রেতার নাম',
    sentence: 'বিবরণ',
    remark: 'মন্তব্য',
  },
  money: ['৳0', '৳ 0', 'BDT 0'],
  total: 'Total',
  titles: ['বিক্রয় প্রতিবেদন', 'Monthly statement', 'শাখা: মিরপুর', 'Computer generated'],
}

export const french: Voice = {
  name: 'French',
  words: ['Abidjan', "Côte d'Ivoire", 'Saint-Étienne', 'Orléans', "N'Djamena", 'Besançon', 'Thiès', 'Bobo-Dioulasso'],
  people: ['Amélie Dupré', "Koffi N'Guessan", 'François Lefèvre', 'Aïssatou Sow', 'Hervé Müller'],
  sentences: [
    "Livré à l'adresse, reçu signé, rien à signaler",
    'Le client préfère le modèle "été" pour sa fille, à échanger',
    'Remboursé le jour même, clôturé, archivé',
    "Payé d'avance, livraison prévue à Noël, à suivre",
  ],
  header: {
    id: 'Numéro',
    code: 'Référence',
    date: "Date d'opération",
    time: 'Heure',
    count: 'Quantité',
    amount: 'Montant',
    price: 'Prix unitaire',
    word: 'Ville',
    person: 'Nom du client',
    sentence: 'Libellé',
    remark: 'Remarques',
  },
  money: ['0 €', '€0', '0 EUR'],
  total: 'Total général',
  titles: ['Relevé des ventes', 'Période arrêtée', 'Société Générale de Négoce', 'Édité par la comptabilité'],
}

const vietnamese: Voice = {
  name: 'Vietnamese',
  words: ['Hà Nội', 'Đà Nẵng', 'Cần Thơ', 'TP. Hồ Chí Minh', 'Huế', 'Biên Hòa', 'Nha Trang', 'Vũng Tàu'],
  people: ['Nguyễn Văn An', 'Trần Thị Bích', 'Lê Hoàng Dũng', 'Phạm Minh Đức', 'Võ Thị Hằng'],
  sentences: [
    'Đã giao hàng, khách ký nhận, không lỗi',
    'Khách chọn loại "cao cấp" màu đỏ, đổi lại',
    'Hoàn tiền trong ngày, đã duyệt, đóng phiếu',
    'Gọi trước khi giao, nhà số chẵn, cổng xanh',
  ],
  header: {
    id: 'Mã đơn',
    code: 'Mã tham chiếu',
    date: 'Ngày giao dịch',
    time: 'Giờ',
    count: 'Số lượng',
    amount: 'Thành tiền',
    price: 'Đơn giá',
    word: 'Tỉnh thành',
    person: 'Khách hàng',
    sentence: 'Diễn giải',
    remark: 'Ghi chú',
  },
  money: ['0 ₫', '0đ', 'VND 0'],
  total: 'Tổng cộng',
  titles: ['Báo cáo bán hàng', 'Sao kê tài khoản', 'Chi nhánh: Quận Một', 'Lập bởi kế toán'],
}

const english: Voice = {
  name: 'English',
  words: ['Accra', 'Nairobi', 'New York', 'Bo', "King's Lynn", 'Zanzibar City', 'York', 'Tema'],
  people: ['Kofi Mensah', "Jane O'Neil", 'A. N. Other', 'Wanjiru Kamau', 'Smith & Sons'],
  sentences: [
    'Rugged enough for peak performance, yet light and quick.',
    "From running, biking or walking the dog, it won't let you down.",
    'A pop of "paddling fun" for your bed, chair or sofa',
    'Two-handed technique, ideal for larger rivers',
    'Men\'s boots, 10" shearling lined',
  ],
  header: {
    id: 'id',
    code: 'product_code',
    date: 'created_at',
    time: 'TIME',
    count: 'quantity',
    amount: 'gross_amount',
    price: 'Price',
    word: 'city',
    person: 'full_name',
    sentence: 'ProductDescription',
    remark: 'notes',
  },
  money: ['$0', '£0', 'USD 0'],
  total: 'TOTAL',
  titles: ['PREAMBLE', 'Export of all orders', 'Company: Example Ltd', 'For internal use'],
}

export const voices: readonly Voice[] = [nigerian, pakistani, bengali, french, vietnamese, english]
