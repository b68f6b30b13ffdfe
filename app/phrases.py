"""Words by which a plea's box says what it is for: a wall, a choice about tracking, a price; and who paid for a page.

They are looked for in blocks that the model has already taken for an appeal or an advert, never in the page at large:
an article about paywalls uses all of them. Written by us in the languages that the corpus has most of; in other
languages a wall is known by where it stands. Plain strings in lower case, all of them looked for at once: that takes
microseconds, where a regular expression of as many branches takes milliseconds.
"""

from collections.abc import Iterable
from typing import Final

from ahocorasick import Automaton


class Phrases:
    """Some phrases, which are looked for in one pass over a text (Aho and Corasick, 1975)."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = tuple(phrases)
        self.automaton = Automaton()
        for number, phrase in enumerate(self.phrases):
            self.automaton.add_word(phrase, number)
        self.automaton.make_automaton()


def _phrases(*lines: str) -> Phrases:
    return Phrases(phrase.strip("_").replace("_", " ") for line in lines for phrase in line.split("|"))


def says(text: str, phrases: Phrases) -> int:
    """Return how many of the phrases a text in lower case has."""
    return len({number for _, number in phrases.automaton.iter(text)})


WALL: Final = _phrases(
    "continue reading|keep reading|finish reading|resume reading|to read on|read the full|read the rest",
    "read the whole",
    "read the entire|full story|full article|whole story|whole article|rest of this|rest of the article",
    "entire article",
    "full access|full text|to read this|to read the|to continue|to view this|to access this|to unlock|unlock this",
    "unlock the|unlock full|get access|subscriber-only|subscriber only|subscribers only|member-only|members only",
    "members-only|only for subscribers|only available to|exclusive to subscribers|exclusively for|exclusive for",
    "reserved for|is for subscribers|are for subscribers|for paying subscribers|for paid subscribers|article limit",
    "free articles|view subscribed content|paid subscribers|see the full|want to read more",
    "weiterlesen|weiterzulesen|weiter lesen|ganzen artikel|ganze artikel|vollständigen artikel|kompletten artikel",
    "ganzen text|ganzen beitrag|exklusiv für|nur für abonnent|nur für mitglieder|nur für registrierte|freischalten",
    "freigeschaltet|um diesen artikel|um diesen beitrag|diesen artikel lesen|artikel lesen",
    "lire la suite|poursuivre la lecture|continuer la lecture|poursuivre votre lecture|poursuivez votre lecture",
    "lire cet article|lire l'article|lire l’article|pour lire|réservé aux|réservée aux|réservés aux|réservé à nos",
    "en intégralité|l'intégralité|l’intégralité|article complet|la suite de cet|la suite de l|il vous reste|débloque",
    "seguir leyendo|continuar leyendo|sigue leyendo|continúa leyendo|continúe leyendo|exclusivo para|exclusiva para",
    "solo para suscriptores|sólo para suscriptores|para suscriptores|contenido para|nota completa|artículo completo",
    "límite de|desbloque|acceder a este",
    "continuar lendo|continue lendo|continuar a ler|continue a ler|continuar a leitura|para assinantes",
    "para subscritores",
    "só para|somente para|na íntegra|artigo completo|conteúdo exclusivo|ler este artigo",
    "continua a leggere|continuare a leggere|per continuare|per leggere|proseguire la lettura|riservato agli",
    "riservato ai",
    "riservata agli|articolo completo|contenuto riservato|sblocca",
    "verder lezen|verderlezen|lees verder|verder te lezen|lees dit artikel|lees het hele|alleen voor abonnees",
    "exclusief voor|alleen voor leden|hele artikel|hele verhaal|volledige artikel|dit artikel te lezen",
    "dit artikel lezen",
    "läsa vidare|läs vidare|läsa hela|läs hela|fortsätta läsa|fortsätt läsa|för prenumeranter|lås upp",
    "lese videre|les videre|lese hele|les hele|fortsette å lese|kun for abonnenter|bare for abonnenter|lås opp",
    "læse videre|læs videre|læs hele|læse hele|fortsæt med at læse|lås op",
    "czytać dalej|czytaj dalej|aby przeczytać|aby czytać|pełny dostęp|dalszą część|tylko dla prenumeratorów",
    "pokračovat ve čtení|pokračování článku|celý článek|pouze pro předplatitele|odemkn|jatka lukemista",
    "koko artikkeli",
    "читать далее|читать дальше|дочитать|продолжить чтение|чтобы прочитать|чтобы читать|для подписчиков|полный текст",
    "полный доступ|полную версию|продовжити читання|okumaya devam|devamını oku|tamamını oku|abonelere özel",
    "继续阅读|繼續閱讀|阅读全文|閱讀全文|查看全文|本文共|付费后|付費後|订阅后|訂閱後|登录后|登入後|解锁|解鎖|会员专享|會員專享|全文",
    "続きを読|続きをお読|続きをご覧|続きは|会員限定|有料会員|この記事は|残り|全文を|登録すると",
    "계속 읽|이어서 읽|이어 읽|계속 보|전문 보기|회원 전용|구독자 전용|로그인 후|유료 기사|전체 기사",
    "مواصلة القراءة|متابعة القراءة|إكمال القراءة|لقراءة|للمشتركين|आगे पढ|पढ़ना जारी|पूरा लेख|पूरी खबर",
    "पूरी ख़बर|केवल सदस्य",
)
"""That the box stands before something to read."""

SPENT: Final = _phrases(
    "articles left|article left|articles remaining|stories left|you have read|you've read|you’ve read",
    "you have viewed",
    "last free article|noch ein|vous avez lu|has leído|hai letto|je hebt|du har läst|прочитали|已阅读",
)
"""That reading is counted: a bar over a page that can still be read."""

LOG_IN: Final = _phrases(
    "log in|login|sign in|already a|already have|already subscribe|anmelden|einloggen|bereits|connectez|déjà",
    "inicia sesión",
    "iniciar sesión|ya eres|ya tienes|ya soy|ya estoy|entrar|já é|já tem|accedi|sei già|hai già|inloggen",
    "al abonnee",
    "logga in|logg inn|log ind|zaloguj|masz już|přihlás|войти|войдите|уже|giriş yap",
    "登录|登入|已是|ログイン|会員の方|로그인",
    "تسجيل الدخول|लॉग इन|लॉगिन|साइन इन",
)

ACCOUNT: Final = _phrases(
    "subscri|account|register|registration|sign up|log in|login|sign in|membership|become a member|trial",
    "digital edition",
    "abonn|anmeld|registrier|konto|mitglied|probe|abo |abos|heft|ausgabe|e-paper|inscri|compte|connectez|offre",
    "suscri|suscríb|regístr|registr|cuenta|iniciar sesión|assin|cadastr|conta|subscrev|abbona|accedi|prova",
    "inloggen|proefabonnement|prenumer|logga in|logg inn|log ind|medlem|prenumerat|zaloguj|subskryp|předplat|přihlas",
    "подпис|войти|регистрац|abone|üye|订阅|訂閱|会员|會員|登录|登入|付费|付費|有料|会員|登録|購読|ログイン|구독|회원|로그인",
    "اشترك|اشتراك|تسجيل|सदस्य|सब्सक्र",
)
"""That an account or a subscription is what is asked for."""

BESIDE: Final = _phrases(
    "comment|comenta|komment|discussion|diskus|kommentar|reacti|opinión|audio|listen|playlist|merkliste|bookmark",
    "save this|this feature|this function|funcionalidad|fonctionnalité|cette fonction|funktion|característica|advertis",
    "publicidad|publicité|anzeige|werbung|favori|download|評論|评论|コメント|댓글",
)
"""That the box is about something beside the text: comments, listening, lists to keep."""

PRICES: Final = _phrases("$|€|£|¥|₹|₽|₩| eur| chf|sfr.| usd| kr| zł| руб|円|元/|원|s/")

TRACKING: Final = _phrases(
    "cookie|tracking|tracker|consent|einwillig|zustimmen|stimmen sie zu|personalisierte|werbefrei|nachverfolg",
    "traceurs",
    "accepter|acconsent|profilazione|tracciament|rastreo|rastreamento|consentim|toestemming|akkoord|samtyck|samtykke",
    "informasjonskapsler|zgodę|zgadzam|śledz|souhlas|согласи|отслежив|çerez",
    "跟踪|追踪|追蹤|同意|쿠키|동의|ملفات تعريف|akzeptier",
    "accept all|accept and|i accept|we and our|partners|partner",
)
"""That the box asks to be allowed to follow the reader."""

NOTICE: Final = _phrases(
    "privacy|purposes|reject all|accept all|necessary only|cookie|consent|tracker|tracking|partners",
    "datenschutz|privatsphäre|zwecke|einwillig|ablehnen|akzeptieren|zustimmen|notwendige",
    "vie privée|confidentialité|finalité|partenaires|traceur|tout refuser|refuser|accepter|consentement",
    "privacidad|privacidade|finalidad|socios|parceiros|rechazar|rejeitar|recusar|aceptar|aceitar|rastreo",
    "riservatezza|finalità|rifiuta|accetta|acconsent|profilazione|fornitori|weiger|toestemming|akkoord|doeleinden",
    "personvern|integritet|privatliv|formål|ändamål|godta|godkänn|avvis|avböj|nødvendige|nödvändiga|samtyk",
    "informasjonskapsler|kakor|prywatno|zgod|odrzuć|ciastecz|soukrom|souhlas|odmítnout|конфиденц|согла|отклонить",
    "gizlilik|çerez|reddet|隐私|隱私|同意|拒否|拒绝|拒絕|プライバシー|クッキー|개인정보|쿠키|동의|거부",
    "الخصوصية|ملفات تعريف",
)
"""That a box is about the reader's data: what it is used for, and whether that is allowed."""

ADBLOCK: Final = _phrases(
    "ad blocker|adblock|ad-block|ad blocking|ad-free extension|werbeblocker|werbe-blocker|bloqueur de pub",
    "bloqueurs de pub|bloqueador de an|bloqueadores de|bloqueador de pub|bloqueo de anuncios|blocco della pubblicità",
    "blocca pubblicità|advertentieblokker|reclameblokker|annonsblock|reklameblokk|annonseblokk|annonceblok",
    "blokowania reklam|blokuj|blokování reklam|блокировщик|reklam engelle|广告拦截|廣告攔截|广告屏蔽",
    "広告ブロック|광고 차단|مانع الإعلانات|حظر الإعلانات|विज्ञापन अवरोधक|ऐड ब्लॉकर|एड ब्लॉकर",
)
"""That a blocker is to be switched off."""

REGISTER: Final = _phrases(
    "register|create an account|create a free|create your free|free account|sign up|registrier|kostenloses konto",
    "inscrivez-vous|créez|créer un compte|inscrits|regístr|registr|cadastr|maak een|gratis account|skapa konto",
    "opprett konto|opret|zarejestruj|załóż konto|зарегистр|регистрац|kayıt ol|ücretsiz üye|注册|註冊|免费|無料会員",
    "会員登録|無料登録|회원가입|무료|أنشئ حساب|التسجيل|रजिस्टर|पंजीकर|मुफ़्त",
)
"""That an account is asked for, which may cost nothing."""

SUBSCRIBE: Final = _phrases(
    "subscri|abonn|abo |abos|suscri|suscríb|assin|prenumer|předplat|подпис|abone|订阅|訂閱|付费|付費|有料|購読|구독",
    "اشتراك|اشترك|सदस्यता|digital edition|trial|unlimited",
)
"""That a subscription is asked for."""

SPONSORED: Final = _phrases(
    "paid for by|paid post|paid content|sponsored by|sponsored content|sponsored post|presented by|supported by",
    "partner content|partnered content|advertorial|advertisement feature|brand content|branded content|promoted by",
    "in partnership with|gesponsert|anzeige von|bezahlter inhalt|bezahlte anzeige|präsentiert von|sponsored story",
    "contenu sponsorisé|contenu partenaire|contenu de marque|publirédactionnel|publicommuniqué|proposé par",
    "contenido patrocinado|contenido de marca|patrocinado por|publirreportaje|conteúdo patrocinado|conteúdo de marca",
    "oferecido por|sponsorizzat|pubbliredazionale|gesponsord|betaald door|aangeboden door|annonsørinnhold",
    "betalt innhold|sponsrad|annons från|artykuł sponsorowany|materiał partnera|партнерский материал",
    "партнёрский материал|partnerinhalt|partnerbeitrag|partnerbijdrage|contenuto partner|contenuti partner",
    "partnerinnehåll|partnerinnhold|partnerindhold",
    "на правах рекламы|sponsorlu|提供：|提供:|広告企画|タイアップ|推广|合作内容|협찬|برعاية|प्रायोजित",
)
"""That somebody paid for the page."""

ASKING: Final = _phrases(
    "donat|subscri|support us|become a member|membership|give monthly|make a gift|spende|abonn|abo ",
    "jetzt unterstützen",
    "mitglied werden|faire un don|soutenez|soutenir|suscr|dona |donar|hazte socio|assin|doe |doação|apoie",
    "dona ora|sostieni",
    "diventa socio|doneer|steun|bli medlem|prenumer|ge en gåva|skänk|støtt|wesprzyj|prenumerat|darowizn",
    "пожертв|поддерж",
    "подписк|bağış|abone|寄付|購読|捐款|订阅|訂閱|후원|구독|تبرع|اشترك|दान|सदस्यता",
)
"""That a page itself asks for money: in its title or headline."""

NEXT_PAGE: Final = _phrases(
    "next page|nächste seite|nächsten seite|page suivante|siguiente página|página siguiente|próxima página",
    "página seguinte|pagina successiva|prossima pagina|volgende pagina|nästa sida|neste side|næste side",
    "następna strona|další strana|další stránka|seuraava sivu|следующая страница|наступна сторінка|sonraki sayfa",
    "下一页|下一頁|次のページ|次ページ|다음 페이지|الصفحة التالية|अगला पेज|अगला पृष्ठ",
)
"""That a text has another page."""
