import type { Voice } from './voices.ts'

/** Written only in the encodings of their place: every character is in Shift-JIS. */
export const japanese: Voice = {
  name: 'Japanese',
  words: ['東京', '大阪市', '横浜', '名古屋', '札幌', '福岡県', '京都', '神戸'],
  people: ['山田太郎', '佐藤花子', '鈴木一郎', '高橋美咲', '田中健'],
  sentences: [
    '配達済み, 受領印あり, 問題なし',
    'お客様は "特急" を希望, 本日発送',
    '返金を承認しました, 経理に連絡, 完了',
    '電話をしてから訪問, 正面玄関へ',
  ],
  header: {
    id: '注文番号',
    code: '参照コード',
    date: '取引日',
    time: '時刻',
    count: '数量',
    amount: '金額',
    price: '単価',
    word: '都市',
    person: '顧客名',
    sentence: '摘要',
    remark: '備考',
  },
  money: ['JPY 0', '0円'],
  total: 'Total',
  titles: ['売上報告書', '取引明細', '支店: 新宿', '社外秘'],
}

/** Every character is in GB18030's two-byte part. */
export const chinese: Voice = {
  name: 'Chinese',
  words: ['北京', '上海市', '广州', '深圳', '成都', '杭州', '武汉', '西安'],
  people: ['王小明', '李娜', '张伟', '刘洋', '陈静'],
  sentences: [
    '已送达, 客户签收, 无损坏',
    '客户要求 "加急" 处理, 今天发货',
    '同意退款, 通知财务, 已关闭',
    '送货前请打电话, 走正门',
  ],
  header: {
    id: '订单编号',
    code: '参考号',
    date: '交易日期',
    time: '时间',
    count: '数量',
    amount: '金额',
    price: '单价',
    word: '城市',
    person: '客户姓名',
    sentence: '说明',
    remark: '备注',
  },
  money: ['CNY 0', '0元'],
  total: 'Total',
  titles: ['销售报表', '交易明细', '分公司: 浦东', '内部资料'],
}
