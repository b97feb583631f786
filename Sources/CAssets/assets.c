#include "assets.h"

// The dashboard and the description of the API, as they lie in Sources/API. The compiler reads them,
// and knows what to build again when one changes.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char openapi_json[] = {
#embed "../API/OpenAPI/openapi.json"
};
static const unsigned char alerts_js[] = {
#embed "../API/Dashboard/Files/alerts.js"
};
static const unsigned char announcer_js[] = {
#embed "../API/Dashboard/Files/announcer.js"
};
static const unsigned char api_js[] = {
#embed "../API/Dashboard/Files/api.js"
};
static const unsigned char app_js[] = {
#embed "../API/Dashboard/Files/app.js"
};
static const unsigned char connection_js[] = {
#embed "../API/Dashboard/Files/connection.js"
};
static const unsigned char courses_js[] = {
#embed "../API/Dashboard/Files/courses.js"
};
static const unsigned char decision_js[] = {
#embed "../API/Dashboard/Files/decision.js"
};
static const unsigned char decisions_js[] = {
#embed "../API/Dashboard/Files/decisions.js"
};
static const unsigned char device_js[] = {
#embed "../API/Dashboard/Files/device.js"
};
static const unsigned char devices_js[] = {
#embed "../API/Dashboard/Files/devices.js"
};
static const unsigned char dom_js[] = {
#embed "../API/Dashboard/Files/dom.js"
};
static const unsigned char format_js[] = {
#embed "../API/Dashboard/Files/format.js"
};
static const unsigned char hold_js[] = {
#embed "../API/Dashboard/Files/hold.js"
};
static const unsigned char index_html[] = {
#embed "../API/Dashboard/Files/index.html"
};
static const unsigned char memory_js[] = {
#embed "../API/Dashboard/Files/memory.js"
};
static const unsigned char metrics_js[] = {
#embed "../API/Dashboard/Files/metrics.js"
};
static const unsigned char overview_js[] = {
#embed "../API/Dashboard/Files/overview.js"
};
static const unsigned char plot_js[] = {
#embed "../API/Dashboard/Files/plot.js"
};
static const unsigned char poll_js[] = {
#embed "../API/Dashboard/Files/poll.js"
};
static const unsigned char rules_js[] = {
#embed "../API/Dashboard/Files/rules.js"
};
static const unsigned char stream_js[] = {
#embed "../API/Dashboard/Files/stream.js"
};
static const unsigned char style_css[] = {
#embed "../API/Dashboard/Files/style.css"
};
static const unsigned char tabs_js[] = {
#embed "../API/Dashboard/Files/tabs.js"
};
static const unsigned char views_css[] = {
#embed "../API/Dashboard/Files/views.css"
};
static const unsigned char why_js[] = {
#embed "../API/Dashboard/Files/why.js"
};

static const struct asset assets[] = {
    {"openapi.json", openapi_json, sizeof openapi_json},
    {"alerts.js", alerts_js, sizeof alerts_js},
    {"announcer.js", announcer_js, sizeof announcer_js},
    {"api.js", api_js, sizeof api_js},
    {"app.js", app_js, sizeof app_js},
    {"connection.js", connection_js, sizeof connection_js},
    {"courses.js", courses_js, sizeof courses_js},
    {"decision.js", decision_js, sizeof decision_js},
    {"decisions.js", decisions_js, sizeof decisions_js},
    {"device.js", device_js, sizeof device_js},
    {"devices.js", devices_js, sizeof devices_js},
    {"dom.js", dom_js, sizeof dom_js},
    {"format.js", format_js, sizeof format_js},
    {"hold.js", hold_js, sizeof hold_js},
    {"index.html", index_html, sizeof index_html},
    {"memory.js", memory_js, sizeof memory_js},
    {"metrics.js", metrics_js, sizeof metrics_js},
    {"overview.js", overview_js, sizeof overview_js},
    {"plot.js", plot_js, sizeof plot_js},
    {"poll.js", poll_js, sizeof poll_js},
    {"rules.js", rules_js, sizeof rules_js},
    {"stream.js", stream_js, sizeof stream_js},
    {"style.css", style_css, sizeof style_css},
    {"tabs.js", tabs_js, sizeof tabs_js},
    {"views.css", views_css, sizeof views_css},
    {"why.js", why_js, sizeof why_js},
};

struct asset asset_at(size_t index) {
    const struct asset none = {0, 0, 0};
    return index < sizeof assets / sizeof assets[0] ? assets[index] : none;
}
