import type { Encoding } from '../../contracts/encodings.ts'

/**
 * Words of headers and titles of exports, in the languages of the double-byte encodings. A few of them tell an encoding
 * where there is too little text for the frequency of its characters.
 */
const words: Readonly<Partial<Record<Encoding, string>>> = {
  gb18030:
    '金额 日期 时间 数量 单价 价格 订单 编号 客户 姓名 名称 备注 说明 交易 余额 城市 参考号 手续费 收入 支出 账户 账号 状态 类型 币种 合计 总计 商品 地址 电话 流水 付款 收款 退款 银行 月份',
  big5: '金額 日期 時間 數量 單價 價格 訂單 編號 客戶 姓名 名稱 備註 說明 交易 餘額 城市 手續費 收入 支出 帳戶 帳號 狀態 類型 幣別 合計 總計 商品 地址 電話 付款 收款 退款 銀行',
  shift_jis:
    '金額 日付 日時 時間 数量 単価 価格 注文 番号 顧客 氏名 名前 備考 取引 残高 都市 手数料 入金 出金 口座 状態 種類 通貨 合計 商品 住所 電話 支払 返金 銀行 摘要',
  'euc-jp':
    '金額 日付 日時 時間 数量 単価 価格 注文 番号 顧客 氏名 名前 備考 取引 残高 都市 手数料 入金 出金 口座 状態 種類 通貨 合計 商品 住所 電話 支払 返金 銀行 摘要',
  'euc-kr':
    '금액 날짜 일자 일시 시간 수량 단가 가격 주문 번호 고객 이름 성명 비고 거래 잔액 도시 수수료 입금 출금 계좌 상태 유형 통화 합계 총계 상품 주소 전화 결제 환불 은행 내용',
}

/** The double-byte encodings that these words are looked for in. */
export const eastAsian = Object.keys(words) as Encoding[]

/** How many of its language's words a text has. */
export const wordsIn = (text: string, encoding: Encoding): number =>
  (words[encoding] ?? '').split(' ').filter((word) => word !== '' && text.includes(word)).length
