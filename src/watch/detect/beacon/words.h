// Words that people make names of: the English of this project's own texts, the words of trade and
// of the Web, Japanese words and places in Latin letters. What names look like is learnt from them
// (language.h), so that a word more or less changes little; add those of names that were taken for
// generated.
#pragma once

#include <string_view>

namespace shoji::beacon {

// clang-format off
constexpr std::string_view words = R"(
abashiri about above absent absolute abstract accept accepted accepts access accident account acknowledged
acknowledges action active activity acts added address addresses adds admin administrator adobe adserver advance
after afterwards again against agent agree ahead aichi airline aizu akagi akamai akari akashi aki akita alert
algorithm alike allow allowed allows alone along alphabet already also altered always amagasaki amazon ame amiss
among amount analytics anchor android anew anjo announces another anshin answer answered answers anybody
anything anywhere aoi aomori aozora apart apartment api appear appendix apple applied applies approval approved
approver arakawa arashi architect areas ares argument arguments arithmetic around arrive arrived arrives arts
asahi asahikawa asakusa aside asked asking asks asset assets asuka atami atarashii attached attack attacked
attacker attacks attempts attribute auction audio audit auth authenticator authorities authority auto awaji away
ayame azuma azure baby back background backslash banner bara bare base based beacon bears beauty because become
becomes been before began begin beginning begins begun behind being belong belongs below benchmarks bento beside
besides best better between beyond bicycle binary bind binds bits black blame blank block blocked blocking
blocks blog bodies body book booking boot border both bottom bound boundary bounded bounding bounds bousai
brackets brand break breaks bridge brings broadcast broke broken broker browser browsers buffer buffers build
builds built bunka bunkyo business busy button buttons buy byouin byte bytes cache call callback callbacks
called caller calling calls came camera camp campus candidates cannot canvas capabilities capability card care
career caret cargo carried carries carry case cash catalog catalogue categories category cause causes cdn cells
center central cert certificate certificates cgroup cgroups chain chained chance change changed changes channel
channels character characters charity chat check checked checkpoint checkpoints checks chemical chiba chichibu
chigasaki chihou chikara chikyu child children chip chiyoda chizu chofu choice choices chokin choose chooses
chose chosei chosen chosha chrome chubu chunk chunked chunks chuo church chuumon cinema city claimed claims
clang class classic classified clean client clients clinic clipboard clock clocks clone close closed closes
closing cloud cloudflare club code codes coffee college colour colours column come comes comic command commands
commit commits committed common community company compare compared compares comparisons compatible compile
compiled compiles complete completes composed composes composition compositor compressor computer computers
concert concurrency conditions configuration configure confined confinement confirmed connect connected
connection connections connects console const construction consult contact contains content contents control
controllers controls cookie cookies cooking coordinates copied copies copy core corner coroutine coroutines
corporate correct cost costs could counsel count counted counter counts covered covers craft crash create
credentials credit crew critical culture current cursor cursors custom cycle daigaku daiichi daikin daiku daily
daimaru daito dakuten damage damaged damages dance dark dash dashes data database datagram date dates days
debian decides decimal decision decisions decode decoded decoder decodes decompressed deep default defended
deleting delivery demand demo demonstration denied denki denryoku densha denshi dental denwa deny department
depends descriptor descriptors design destination destinations destroyed destroys detail details detection
develop developer device devices dialog dictionary died differ difference differences different differently
differing differs digest digit digital digits direct direction directions directly disc disconnected discount
disk display disposable distance distinct docker doctor document documentation documents does dog dojo domain
done dots douro down download drag drags draw drawn draws dream drive drop dropped drops drug dumps during
dynamic each earlier earliest early east easy ebisu echigo economy edge edogawa education effect egress ehime
eight eigyou eikaiwa either eki electric element elements else elsewhere embeds empty emulated enabled encode
encoded encoder encodes encoding encrypted ended endian ends energy enforces engei engine enough enrol enrolled
enrolment enrols enter entered enterprise entertainment entries enum environment equal equals error errors
escapes estate evaluator evdev even event events ever every everyone everything everywhere evil exact exactly
example exception exceptions exchange exec executable exist exists exit exits expected expects expert expired
expires explicitly exploit export exported exports exposed express expression expressions extension extensions
factor factory fail failed fails failure fall falls false family farm fashion fast faster fastly fault feed
fewer field fields fifty file files filled fills film filter filters finance find finding finds fire firefox
fires firewall first fish fitness fits fitting five fixed flag flags flight flood florist flower flushed focus
focused folded folder folders follow followed follows fonts food football forbid forbids force forest forged
forget forgets forgotten form format formed former forms forum forward found foundation four fraction fractional
frame frames framing free fresh friend from front fudousan fuji fujimoto fujisawa fujita fukagawa fukaya fuku
fukui fukuoka fukushi fukushima fukuyama full funabashi function functions fund further furusato future fuyu
fuzz gains gakkai gakki gakkou gakuen gakushu gallery game gaps garden gas gate gateway gave geometry gets gift
gifu gijutsu ginko ginza github gitlab give given gives glibc glob global goal goes going gold golf gomi gone
good goodbye goods google grand graphic gravity green greets group grouped groups grow grows growth guess
guessing guide gunma gyomu gyosei habits hachioji hagi hair hakata hakodate half hall hamamatsu hana hanabi
hanako hanbai hand handed handler handmade hands handshake haneda hangs happened happens happy haru hasegawa
hash hashes hashimoto hatake have hayashi head header headers health heap hear hears heart height heights heiwa
held hello help helpers helps here heritage hexadecimal hidden hide hides hierarchy higashi high highest hikari
himawari himeji hino hint hirakata hiratsuka hiroba hirosaki hiroshima history hitachi hits hobby hoiku hoken
hokkaido hokuriku hokuto hold holds holiday holidays home honda hondana honest honten hospital host hostile
hosts hotel houjin houmu hour hours house housing however hundred hunt hyphens ibaraki ichiba ichihara ichikawa
idea idle ignored iizuka ikebukuro ikeda imabari image img import imports inaka included includes incomplete
index industry inflates info information informational inherited init initial inner innovation ino input inputs
insatsu inside installation installs instead institute insurance integers interior internal international
internet interrupted interval into invalid inventing invest iryou ise ishii ishikawa island isogo isolated
isolation issued issuer issues itabashi item items ito itself iwaki iwakuni iwate izumi izumo japan jewel
jidosha jigyo jimu jinja jinzai jisho jitaku job joho joined joins journal json judge judged juku jumin just
juutaku kabushiki kagaku kagawa kagoshima kagu kaigo kaiin kaikei kaisei kaisha kaitori kaiun kakaku kakegawa
kakogawa kamakura kameda kameoka kami kanagawa kanazawa kankou kanri kansai kanto kantou karatsu kasai kasei
kashiwa kasugai kasumi katsura katsushika kawagoe kawaguchi kawasaki kazoku kazu keep keeping keeps keiba keiei
keijiban keikaku keisatsu keitai keiyaku kenchiku kenkou kenkyu kensetsu kept kernel kernels keyboard keymap
keys kichijoji kids kiji kikai killed kind kinds kinki kinmu kirei kirin kirishima kiryu kita kitakyushu kitchen
kitchin know known knows kobayashi kobe kochi kodama kodomo kofu koganei koka kokubunji kokusai komaki komatsu
kommu konan kongo koriyama koshigaya kotsu kouen kouhou kouji koujou koumuten kounan kouri kousei koushin
koutsuu kouza kumamoto kumiai kurashi kurashiki kure kurobe kuroda kuruma kurume kusatsu kushiro kyoiku kyoto
kyouiku kyousai kyushoku kyushu label labelled labels lack lacks land language languages large larger largest
last lasts late latency later latest launch launched laundry law layer layers layout lead leads lease least
leave leaves left leisure length lengths less lets letter letters level levels libevtx libraries library
libseccomp libsodium libwayland lies life lifetime light like likes likewise limit limits line linear lines link
links linux liquor list listed listen listener listening listens lists literal literals little live lives living
load loader local locale lock locked locks logarithm logged logical login logistics logon logs long longer
longest look looked looking looks loop loopback loses lost love lower lowest lunch machi machida machine
machines made maebashi magazine mail main maizuru make makes makeup making malformed malware manabi manage
managed manga many map mapped mapping marine mark marked marker market marks marriage marugame maruyama mask
master match matches material matsu matsubara matsudo matsue matsui matsumoto matsuyama matter matters mean
meaning means meant meanwhile measured measurements measures media median medical medicine meet meeting meets
megane meguro meiji meitetsu member members memfd memory merely merged message messages metadata metal method
metrics metro microseconds microsoft middle midnight midori mie mikawa milliseconds minami minato mino minus
minute minutes mirai misato mishima mislead missing misspelt mitaka mito mitsu mitsui mixed miyagi miyako
miyazaki mizu mizuho mizushima mobile mode model modern modifier modifiers module moment money monitor month
more mori morioka moriya most motion motomachi motor mount mountain mounted mounts move moved moves movie
mozilla much multicast muro musashi musashino museum music must nagahama nagano nagaoka nagareyama nagasaki
nagoya naha naka nakagawa nakajima nakamura nakano name named names namespace namespaces nanao nanoseconds nara
narita naruto national native natsu natural nearly need needed needs negative neighbours neither nerima nested
network networks never newer newest newline news next nftables nichi night nihon niigata niihama nikko ningyo
nishi nishida nishinomiya nobeoka nobody noda node nodev noexec nogyo none north nosuid notation notch nothing
notice nougyou nouka nowhere npos null numazu number numbers numeric nursery obihiro object objects occur ocean
octave odawara odori offer offered offers office offset often ogaki ogawa oita okaasan okada okayama okazaki
okinawa oku okuda older oldest ome omise omiya omotenashi once ones online only onomichi onsen opaque open
opened opening opens operating operations optical option optional oracle orange order orders ordinary organic
origin origins osaka osaki ota otaru other others otherwise otsu ours outbox outcome outdoor outer outlive
outlives outlook output outside over overlong overwritten owned owner owns oyama pace packages packet packets
padding page pages paint pair pairs palette palettes panel paper parameters parent parents parking parsed parser
parsing part partner parts party pass passed passes passphrase password passwords past path paths patience pause
pauses payment peer people percent percentile perfect period permission permissions permitted person pet
pharmacy phone photo piano picture pictures piece pieces ping pipe pixel pixels pixman pizza place placeholder
placeholders places plain plan planet planned plant plastic platform plays plaza plus point pointer points
policies policy pool popular popup popups port portal ports possible post posted power powers preedit prefix
premium prepared present presents press pressed pressure previous price prime print printable printed printing
prints private privilege privileges probe problem problems process processes processor processors production
professional program programs project promotion property protection protections protocol prove proves proxy
public publish published purchase pure purpose puts quality quarter queries query question queue quick quotes
radio railway rain rakuten ramen random range ranges rank rate reach reached reaches read readable reader
readers reading reads ready real really reaps reason receives recipe recommends record recorded records recruit
rectangle rectangles recycle red references refusal refusals refuse refused refuses regard region register
registered registries registry regression regular reizouko relax relay release released releases reload
remembered remembers removal remove removed removes renew renraku rent repair repairs repeat repeated repeats
replaced replaces report reported reports request requests required research reserve reserved reset resize
resolve resolved resolver resolvers resolves resort resource rest restart restarted restarts restaurant result
retail returned returns reverse revision revoke revoked rewritten right rightly ring ringo river riyou road
robot rock rokko role roles room rooms root roots roudou round rounded rounds route routes rows royal rule rules
running runs runtime ryokan ryokou ryouri ryutsu safe safety saga sagamihara said saiji saitama saiyou saka
sakai sakana sakata sakura sakurai sale salon same samples sanda sandbox sandboxed sangyou sanitizers sanjo sano
sanyo sapporo sasaki sasebo satellite sato satsuma save says scalar scale scaled scene scheme school science
scope scratch screen screens script scripts scroll scrolled sealed search searched searches season seat seccomp
second seconds secret section secure security seen sees segment segments seibi seibu seifu seihin seiji seikatsu
seisaku seisan seiso seiyaku seki seldom select self send sendai sender senders sending sends senior senmon
sennan senri sent separate separated sequence serial serials serve served server servers serves service services
session sessions setagaya seto sets settings seven several shadows shakai shape share shared shares shashin
shell shibuya shichiyou shien shiga shigoto shika shikoku shima shimane shimbun shimin shimizu shimonoseki
shinagawa shinano shinbun shinjuku shinkin shinrin shinsei shipping shirakawa shisetsu shizen shizuoka shobo
shoes shoji shokai shoken shoko shokuhin shop shopping short shorter shortest shoten shoubou shoukai shoukou
should shouten show showa showed shown shows shrink shrinking shuzou side sigma sign signal signature signatures
signed signin signing signs silent silently silver simdjson simple simulated since single site sites size sizes
skin skipped sky slot slow slower small smaller smart smile snow soba social socket sockets soft software soka
solar solution some somebody something soon sorted sougou souken soumu sound source sources sousai south space
spaces speak speaks special specification speed spelling spent spite sports square staff stage stand standard
stands star start started starting starts state stated static station status stay stays steel step steps stick
still stock stop stopped stops storage store stored story stream streams street strength string strings strip
strips strong studio study style subsurface subsurfaces succeed succeeded succeeds success successor such sudo
suidou suita suizokukan sumida sumitomo summaries summer sums sun supply support surf surface survey survive
suzuka suzuki sweet swim switched switches sync synchronised syntax system tabi table tables tabs tachikawa tags
taiken taiyo tajimi takahashi takaoka takara takasago takasaki takashima takatsuki takayama take takeda taken
takes taking talent tama tamagawa tanaka tango tanoshii target targets task tatemono tateyama taxi taxonomy
teacher team teams technical technique technology telemetry tell telling tells template templates temporary
tenki tennis tenpo tenth terminal terminals test testing tests tetsudo text textile texts than that theater
their theirs them themselves then there these they thing things this those though thread threaded threads three
through ticket tickets tidy tile tiles time timeline timer times tire title tochigi toda today together toho
tohoku tokai tokei token tokens tokorozawa tokushima tokyo told tomakomai tomato tonami tool toolbar tools top
toride torihiki toshi tosho toshokan tottori touch tour tower town toy toyama toyohashi toyokawa toyonaka toyota
trace tracing track tracker trade traffic training transfer transport travel tree trend trial tried tries trip
trips truck true truly trust trusted trusts trying tsu tsubame tsuchiura tsuhan tsukuba tsuruga tsuruoka tsushin
tsuyama tunnel turn turned turns twice type typed types ube ubuntu ueda uehara ueno uji ultra umi undefined
under understand undo undone unfilled unicast union unit united units university unknown unless unlike unlock
unreachable unread unsafe unsou unspecified until unyu update updates upload upper uptime urawa urayasu urban
usable used user users uses usual usuki utsunomiya uwajima vain valid validators valley value values vector
vegetable vehicle verifier verify version versions very video view viewer viewers views village vision visit
visitor voice void vouches vulnerability wait waited waiting waits wakaba wakamatsu wakayama wakes walk wall
want wanted wants warabi warehouse warn warning warns waseda watch watches water wave wear weather wedding week
weekday weekly well wellness went were west what whatever wheel when whenever where wherever whether which
whichever while white whoever whole whom whose wide width wild wildcards will wind window windows wine winlog
winter wire wish wished with withdrawn withheld within without witness witnesses woman wood word words work
working works world would writable write writer writes writing written wrong wrongly wrote yachiyo yahoo yaita
yakkyoku yakuhin yakusho yamada yamagata yamaguchi yamamoto yamanashi yamato yamazaki yaml yao yasai yashio
yasui year years yield yields yokkaichi yokohama yokosuka yonago yonezawa yoshida yoshino yotsuya young your
youth yubin yukari yume yusou zaidan zaimu zama zeimu zeirishi zenkoku zero zeros zone zones zoom zushi
)";
// clang-format on

}  // namespace shoji::beacon
