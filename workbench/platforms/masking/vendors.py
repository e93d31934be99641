"""What secrets of known vendors look like, wherever they stand."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import re2

if TYPE_CHECKING:
    from collections.abc import Iterator


class Pattern(NamedTuple):
    """How one kind of secret is written."""

    kind: str
    hint: str
    """An expression that is cheap to look for and occurs in every such secret."""
    shape: str
    """Its first group is the part to hide."""
    end: bool = False
    """No letter or digit may follow."""
    mixed: bool = False
    """It has digits, small and capital letters."""

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where such secrets stand in `text`, in linear time."""
        for match in _compiled(self.shape).finditer(text):
            start, end = match.span(1)
            if self.end and text[end : end + 1].isalnum():
                continue
            if not self.mixed or is_mixed(text[start:end]):
                yield start, end


def is_mixed(value: str) -> bool:
    """Tell whether it has digits, small and capital letters."""
    return any(map(str.isdigit, value)) and any(map(str.islower, value)) and any(map(str.isupper, value))


@cache
def _compiled(shape: str) -> re2._Regexp:  # compiled when first needed: most exports need few of them
    return re2.compile(shape)


def _pattern(kind: str, hint: str, shape: str, *, end: bool = False) -> Pattern:
    return Pattern(kind, hint, f"({shape})", end)


def _word(kind: str, hint: str, shape: str, *, end: bool = False, mixed: bool = False) -> Pattern:
    """Return a pattern that no letter or digit may precede; RE2 has no look-behind, so the border is read along."""
    return Pattern(kind, hint, f"(?:^|[^A-Za-z0-9])({shape})", end, mixed)


def _part(kind: str, hint: str, shape: str) -> Pattern:
    """Return a pattern of which only the first group is secret."""
    return Pattern(kind, hint, shape)


_W = r"[A-Za-z0-9]"
_D = r"[A-Za-z0-9_-]"

VENDORS: tuple[Pattern, ...] = (
    _pattern("jwt", "eyJ", rf"eyJ{_D}{{8,}}\.eyJ{_D}{{8,}}(?:\.{_D}*)?|eyJ{_D}{{8,}}(?:\.{_D}*){{4}}"),
    _word("aws_access_key_id", "A[KSB]IA|ACCA", "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}", end=True),
    _pattern("github_token", "gh[pousr]_", rf"gh[pousr]_{_W}{{20,}}"),
    _pattern("github_token", "github_pat_", r"github_pat_\w{20,}"),
    _word("gitlab_token", "gl[a-z]{2,5}-", r"gl(?:pat|dt|rt|rtr|cbt|ptt|ft|soat|agent|oas|imt|ffct)-[\w.-]{16,}"),
    _word("bitbucket_token", "ATBB", rf"ATBB{_W}{{24,}}"),
    _word("atlassian_token", "AT[AC]TT", r"AT[AC]TT3[\w=-]{30,}"),
    _pattern("slack_token", "xox[a-z]", rf"xox[a-z](?:\.xox[a-z])?-{_D}{{10,}}"),
    _word("slack_token", "xapp-", rf"xapp-\d-{_D}{{10,}}"),
    _part("webhook_url", r"hooks\.slack", r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/([\w/-]{16,})"),
    _part("webhook_url", "/webhooks/", rf"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{{15,21}}/({_D}{{20,}})"),
    _part(
        "webhook_url", "/IncomingWebhook/", rf"/webhookb2/([\w@-]+/IncomingWebhook/{_W}{{16,}}/[\w-]{{16,}}(?:/{_D}+)?)"
    ),
    _part("webhook_url", r"hooks\.zapier", r"hooks\.zapier\.com/hooks/(?:catch|standard)/(\d{4,}/\w{4,})"),
    _part("webhook_url", r"hook\.", rf"hook\.(?:\w+\.)?(?:make|integromat)\.(?:com|celonis\.com)/({_W}{{16,}})"),
    _part(
        "webhook_url", r"maker\.ifttt", rf"maker\.ifttt\.com/(?:use|trigger/[\w.-]+/(?:json/)?with/key)/({_D}{{16,}})"
    ),
    _part(
        "webhook_url",
        "(?i)/(?:webhook|form|chat|mcp)(?:-test)?/[0-9a-f]{8}-",
        "(?i:/(?:webhook|form|chat|mcp)(?:-test)?/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))",
    ),
    _word("discord_token", r"[MNO][\w-]{22,28}\.", rf"[MNO]{_D}{{22,28}}\.{_D}{{6}}\.{_D}{{27,40}}"),
    _pattern("telegram_bot_token", r"\d{8,10}:", rf"\d{{8,10}}:{_D}{{35}}", end=True),
    _pattern("google_api_key", "AIza", rf"AIza{_D}{{30,}}"),
    _word("google_oauth_token", r"ya29\.", r"ya29\.[\w.-]{20,}"),
    _pattern("google_client_secret", "GOCSPX", rf"GOCSPX-{_D}{{16,}}"),
    _word("google_refresh_token", "1//0", rf"1//0{_D}{{30,}}"),
    _pattern("anthropic_key", "sk-ant", rf"sk-ant-{_D}{{20,}}"),
    _pattern("openrouter_key", "sk-or-", rf"sk-or-{_D}{{20,}}"),
    _word("openai_key", "sk-", rf"sk-(?:proj-|svcacct-|admin-|None-|service-)?{_D}*{_W}{{12,}}{_D}*"),
    _word("groq_key", "gsk_", rf"gsk_{_W}{{20,}}"),
    _word("xai_key", "xai-", rf"xai-{_W}{{20,}}"),
    _word("perplexity_key", "pplx-", rf"pplx-{_W}{{20,}}"),
    _word("nvidia_key", "nvapi-", rf"nvapi-{_D}{{20,}}"),
    _word("replicate_token", "r8_", rf"r8_{_W}{{30,}}"),
    _word("huggingface_token", "hf_|api_org_", rf"(?:hf|api_org)_{_W}{{20,}}"),
    _word("tavily_key", "tvly-", rf"tvly-{_D}{{20,}}"),
    _word("pinecone_key", "pcsk_", r"pcsk_\w{20,}"),
    _word("firecrawl_key", "fc-", "fc-[0-9a-f]{32}", end=True),
    _word("apify_token", "apify_", rf"apify_(?:api|proxy)_{_W}{{20,}}"),
    _word("langsmith_key", "lsv2_", r"lsv2_(?:pt|sk)_\w{20,}"),
    _word("stripe_key", "[rsp]k_", rf"[rs]k_(?:live|test)_{_W}{{10,}}"),
    _word("elevenlabs_key", "sk_", "sk_[0-9a-f]{32,}", end=True),
    _word("clickup_token", "pk_", r"pk_\d+_[A-Z0-9]{20,}"),
    _pattern("webhook_secret", "whsec_", r"whsec_[\w+/=]{16,}"),
    _word("sendgrid_key", r"SG\.", rf"SG\.{_D}{{16,}}\.{_D}{{16,}}"),
    _word("twilio_key", "SK[0-9a-f]{8}", "SK[0-9a-f]{32}", end=True),
    _word("mailgun_key", "key-", "key-[0-9a-zA-Z]{32}", end=True),
    _word("mailgun_key", "-[0-9a-f]{8}-", "[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}", end=True),
    _word("mailchimp_key", r"-us\d", r"[0-9a-f]{32}-us\d{1,2}", end=True),
    _pattern("brevo_key", "xkeysib-|xsmtpsib-", rf"x(?:keys|smtps)ib-{_D}{{30,}}"),
    _word("resend_key", "re_", rf"re_{_W}{{6,}}_{_W}{{16,}}"),
    _word("airtable_token", r"pat[A-Za-z0-9]{14}\.", rf"pat{_W}{{14}}\.[0-9a-f]{{40,}}"),
    _word("airtable_token", "key[A-Za-z0-9]{14}", rf"key{_W}{{14}}", end=True, mixed=True),
    _word("notion_token", "ntn_|secret_", rf"(?:ntn|secret)_{_W}{{32,}}"),
    _word("hubspot_token", "pat-", r"pat-(?:na|eu|ap)\d-[0-9a-f-]{30,}"),
    _word("shopify_token", "shp[acps]", "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{24,}"),
    _word("linear_key", "lin_", rf"lin_(?:api|oauth|wh)_{_W}{{20,}}"),
    _word("figma_token", "fig[dou]_", r"fig[dou]_[\w-]{20,}"),
    _word("asana_token", r"[012]/\d{10}", r"[012]/\d{10,}(?:/\d{10,})?:[0-9a-f]{32}"),
    _word("dropbox_token", r"sl\.", rf"sl\.(?:u\.)?{_D}{{40,}}"),
    _pattern("digitalocean_token", "do[opr]_v1_", "do[opr]_v1_[0-9a-f]{40,}"),
    _word("doppler_token", r"dp\.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{20,}"),
    _word("databricks_token", "dapi", r"dapi[0-9a-f]{32}(?:-\d)?"),
    _word("square_token", "sq0|EAAA", rf"(?:sq0[a-z]{{3}}-{_D}{{20,}}|EAAA{_D}{{50,}})"),
    _word("facebook_token", "EAA", rf"EAA{_W}{{30,}}"),
    _word("razorpay_key", "rzp_", rf"rzp_(?:live|test)_{_W}{{10,}}"),
    _pattern("postman_key", "PMAK-", "PMAK-[0-9a-f-]{40,}"),
    _word("newrelic_key", "NR[AJIB][KSR]", rf"NR(?:AK|JS|II|BR)-{_D}{{16,}}"),
    _pattern("sentry_token", "sntry[su]_", r"sntry[su]_[\w=/+-]{30,}"),
    _word("grafana_token", "glsa_|glc_", r"gl(?:sa|c)_[\w+/=]{20,}"),
    _word("vault_token", r"hv[sbr]\.", rf"hv[sbr]\.{_D}{{20,}}"),
    _word("supabase_key", "sb[ps]_|sb_secret", rf"(?:sb[ps]_{_W}{{30,}}|sb_secret_[\w-]{{20,}})"),
    _pattern("planetscale_token", "pscale_", r"pscale_(?:pw|tkn|oauth)_[\w.-]{20,}"),
    _word("npm_token", "npm_", rf"npm_{_W}{{30,}}"),
    _word("pypi_token", "pypi-", rf"pypi-{_D}{{40,}}"),
    _word("docker_token", "dckr_", rf"dckr_(?:pat|oat)_{_D}{{20,}}"),
    _word("tailscale_key", "tskey-", rf"tskey-{_D}{{16,}}"),
    _word("adafruit_key", "aio_", rf"aio_{_W}{{24,}}"),
    _word("typeform_token", "tfp_", r"tfp_[\w.=-]{30,}"),
    _word("contentful_token", "CFPAT-", rf"CFPAT-{_D}{{30,}}"),
    _word("heroku_key", "HRKU-", rf"HRKU-{_D}{{30,}}"),
    _word("pulumi_token", "pul-", "pul-[0-9a-f]{40}"),
    _pattern("terraform_token", "atlasv1", r"\w{14}\.atlasv1\.[\w-]{40,}"),
    _word("alibaba_key", "LTAI", rf"LTAI{_W}{{12,20}}", end=True),
    _pattern("age_key", "AGE-SECRET", "AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    _word("azure_client_secret", r"\dQ~", r"[\w.~-]{3}\dQ~[\w.~-]{30,}"),
    _word("salesforce_session", "00D", rf"00D{_W}{{9,15}}!{_W}[\w.]{{16,}}"),
    _word("salesforce_token", "5Aep", r"5Aep[\w.=]{40,}"),
)
