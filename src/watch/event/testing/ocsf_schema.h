// For tests: what the OCSF schema, version 1.5.0 with its extension 'win', says of classes (by
// their numbers) and of objects (by the names of attributes that hold one): which attributes they
// must have, of which one at least, and which they may have. Attributes of profiles are among
// these.
#pragma once

#include <string_view>

namespace shoji::event::testing {

struct OcsfType {
    std::string_view name;
    std::string_view required;
    std::string_view one_of;
    std::string_view allowed;
};

// clang-format off
inline constexpr OcsfType ocsf_schema[] = {
    {"0",
     "activity_id category_uid class_uid metadata severity_id time type_uid",
     "",
     "action action_id activity_id activity_name actor api attacks "
     "authorizations category_name category_uid class_name class_uid cloud "
     "confidence confidence_id confidence_score count device disposition "
     "disposition_id duration end_time enrichments firewall_rule is_alert "
     "malware malware_scan_info message metadata observables osint policy "
     "raw_data raw_data_size risk_details risk_level risk_level_id "
     "risk_score severity severity_id start_time status status_code "
     "status_detail status_id time timezone_offset type_name type_uid "
     "unmapped"},
    {"1001",
     "activity_id category_uid class_uid metadata severity_id time type_uid "
     "actor device file",
     "",
     "access_mask action action_id activity_id activity_name actor api "
     "attacks authorizations category_name category_uid class_name class_uid "
     "cloud component confidence confidence_id confidence_score "
     "connection_uid count create_mask device disposition disposition_id "
     "duration end_time enrichments file file_diff file_result firewall_rule "
     "is_alert malware malware_scan_info message metadata observables osint "
     "policy raw_data raw_data_size risk_details risk_level risk_level_id "
     "risk_score severity severity_id start_time status status_code "
     "status_detail status_id time timezone_offset type_name type_uid "
     "unmapped"},
    {"1002",
     "activity_id category_uid class_uid metadata severity_id time type_uid "
     "actor device driver",
     "",
     "action action_id activity_id activity_name actor api attacks "
     "authorizations category_name category_uid class_name class_uid cloud "
     "confidence confidence_id confidence_score count device disposition "
     "disposition_id driver duration end_time enrichments firewall_rule "
     "is_alert malware malware_scan_info message metadata observables osint "
     "policy raw_data raw_data_size risk_details risk_level risk_level_id "
     "risk_score severity severity_id start_time status status_code "
     "status_detail status_id time timezone_offset type_name type_uid "
     "unmapped"},
    {"1005",
     "activity_id category_uid class_uid metadata severity_id time type_uid "
     "actor device module",
     "",
     "action action_id activity_id activity_name actor api attacks "
     "authorizations category_name category_uid class_name class_uid cloud "
     "confidence confidence_id confidence_score count device disposition "
     "disposition_id duration end_time enrichments firewall_rule is_alert "
     "malware malware_scan_info message metadata module observables osint "
     "policy raw_data raw_data_size risk_details risk_level risk_level_id "
     "risk_score severity severity_id start_time status status_code "
     "status_detail status_id time timezone_offset type_name type_uid "
     "unmapped"},
    {"1006",
     "activity_id category_uid class_uid metadata severity_id time type_uid "
     "device job",
     "",
     "action action_id activity_id activity_name actor api attacks "
     "authorizations category_name category_uid class_name class_uid cloud "
     "confidence confidence_id confidence_score count device disposition "
     "disposition_id duration end_time enrichments firewall_rule is_alert "
     "job malware malware_scan_info message metadata observables osint "
     "policy raw_data raw_data_size risk_details risk_level risk_level_id "
     "risk_score severity severity_id start_time status status_code "
     "status_detail status_id time timezone_offset type_name type_uid "
     "unmapped"},
    {"1007",
     "activity_id category_uid class_uid metadata severity_id time type_uid "
     "actor device process",
     "",
     "action action_id activity_id activity_name actor actual_permissions "
     "api attacks authorizations category_name category_uid class_name "
     "class_uid cloud confidence confidence_id confidence_score count device "
     "disposition disposition_id duration end_time enrichments exit_code "
     "firewall_rule injection_type injection_type_id is_alert malware "
     "malware_scan_info message metadata module observables osint policy "
     "process raw_data raw_data_size requested_permissions risk_details "
     "risk_level risk_level_id risk_score severity severity_id start_time "
     "status status_code status_detail status_id time timezone_offset "
     "type_name type_uid unmapped"},
    {"1009",
     "activity_id category_uid class_uid metadata severity_id time type_uid "
     "actor device script",
     "",
     "action action_id activity_id activity_name actor api attacks "
     "authorizations category_name category_uid class_name class_uid cloud "
     "confidence confidence_id confidence_score count device disposition "
     "disposition_id duration end_time enrichments firewall_rule is_alert "
     "malware malware_scan_info message metadata observables osint policy "
     "raw_data raw_data_size risk_details risk_level risk_level_id "
     "risk_score script severity severity_id start_time status status_code "
     "status_detail status_id time timezone_offset type_name type_uid "
     "unmapped"},
    {"201001",
     "activity_id category_uid class_uid metadata severity_id time type_uid "
     "actor device reg_key",
     "",
     "access_mask action action_id activity_id activity_name actor api "
     "attacks authorizations category_name category_uid class_name class_uid "
     "cloud confidence confidence_id confidence_score count create_mask "
     "device disposition disposition_id duration end_time enrichments "
     "firewall_rule is_alert malware malware_scan_info message metadata "
     "observables open_mask osint policy prev_reg_key raw_data raw_data_size "
     "reg_key risk_details risk_level risk_level_id risk_score severity "
     "severity_id start_time status status_code status_detail status_id time "
     "timezone_offset type_name type_uid unmapped"},
    {"201002",
     "activity_id category_uid class_uid metadata severity_id time type_uid "
     "actor device reg_value",
     "",
     "action action_id activity_id activity_name actor api attacks "
     "authorizations category_name category_uid class_name class_uid cloud "
     "confidence confidence_id confidence_score count device disposition "
     "disposition_id duration end_time enrichments firewall_rule is_alert "
     "malware malware_scan_info message metadata observables osint policy "
     "prev_reg_value raw_data raw_data_size reg_value risk_details "
     "risk_level risk_level_id risk_score severity severity_id start_time "
     "status status_code status_detail status_id time timezone_offset "
     "type_name type_uid unmapped"},
    {"201004",
     "activity_id category_uid class_uid metadata severity_id time type_uid "
     "actor device win_service",
     "",
     "action action_id activity_id activity_name actor api attacks "
     "authorizations category_name category_uid class_name class_uid cloud "
     "confidence confidence_id confidence_score count device disposition "
     "disposition_id duration end_time enrichments firewall_rule is_alert "
     "malware malware_scan_info message metadata observables osint policy "
     "raw_data raw_data_size risk_details risk_level risk_level_id "
     "risk_score severity severity_id start_time status status_code "
     "status_detail status_id time timezone_offset type_name type_uid "
     "unmapped win_service"},
    {"3002",
     "activity_id category_uid class_uid metadata severity_id time type_uid "
     "user",
     "service dst_endpoint",
     "action action_id activity_id activity_name actor api attacks "
     "auth_factors auth_protocol auth_protocol_id authentication_token "
     "authorizations category_name category_uid certificate class_name "
     "class_uid cloud confidence confidence_id confidence_score count device "
     "disposition disposition_id dst_endpoint duration end_time enrichments "
     "firewall_rule http_request http_response is_alert is_cleartext is_mfa "
     "is_new_logon is_remote logon_process logon_type logon_type_id malware "
     "malware_scan_info message metadata observables osint policy raw_data "
     "raw_data_size risk_details risk_level risk_level_id risk_score service "
     "session severity severity_id src_endpoint start_time status "
     "status_code status_detail status_id time timezone_offset type_name "
     "type_uid unmapped user"},
    {"4001",
     "activity_id category_uid class_uid metadata severity_id time type_uid",
     "",
     "action action_id activity_id activity_name actor api app_name attacks "
     "authorizations category_name category_uid class_name class_uid cloud "
     "confidence confidence_id confidence_score connection_info count device "
     "disposition disposition_id dst_endpoint duration end_time enrichments "
     "firewall_rule is_alert ja4_fingerprint_list load_balancer malware "
     "malware_scan_info message metadata observables osint policy proxy "
     "proxy_connection_info proxy_endpoint proxy_http_request "
     "proxy_http_response proxy_tls proxy_traffic raw_data raw_data_size "
     "risk_details risk_level risk_level_id risk_score severity severity_id "
     "src_endpoint start_time status status_code status_detail status_id "
     "time timezone_offset tls traffic type_name type_uid unmapped url"},
    {"4002",
     "activity_id category_uid class_uid metadata severity_id time type_uid",
     "http_request http_response",
     "action action_id activity_id activity_name actor api app_name attacks "
     "authorizations category_name category_uid class_name class_uid cloud "
     "confidence confidence_id confidence_score connection_info count device "
     "disposition disposition_id dst_endpoint duration end_time enrichments "
     "file firewall_rule http_cookies http_request http_response http_status "
     "is_alert ja4_fingerprint_list load_balancer malware malware_scan_info "
     "message metadata observables osint policy proxy proxy_connection_info "
     "proxy_endpoint proxy_http_request proxy_http_response proxy_tls "
     "proxy_traffic raw_data raw_data_size risk_details risk_level "
     "risk_level_id risk_score severity severity_id src_endpoint start_time "
     "status status_code status_detail status_id time timezone_offset tls "
     "trace traffic type_name type_uid unmapped"},
    {"4003",
     "activity_id category_uid class_uid metadata severity_id time type_uid",
     "",
     "action action_id activity_id activity_name actor answers api app_name "
     "attacks authorizations category_name category_uid class_name class_uid "
     "cloud confidence confidence_id confidence_score connection_info count "
     "device disposition disposition_id dst_endpoint duration end_time "
     "enrichments firewall_rule is_alert ja4_fingerprint_list load_balancer "
     "malware malware_scan_info message metadata observables osint policy "
     "proxy proxy_connection_info proxy_endpoint proxy_http_request "
     "proxy_http_response proxy_tls proxy_traffic query query_time raw_data "
     "raw_data_size rcode rcode_id response_time risk_details risk_level "
     "risk_level_id risk_score severity severity_id src_endpoint start_time "
     "status status_code status_detail status_id time timezone_offset tls "
     "traffic type_name type_uid unmapped"},
    {"2004",
     "activity_id category_uid class_uid metadata severity_id time type_uid "
     "finding_info",
     "",
     "action action_id activity_id activity_name actor anomaly_analyses api "
     "assignee assignee_group attacks authorizations category_name "
     "category_uid class_name class_uid cloud comment confidence "
     "confidence_id confidence_score count device disposition disposition_id "
     "duration end_time enrichments evidences finding_info firewall_rule "
     "impact impact_id impact_score is_alert is_suspected_breach malware "
     "malware_scan_info message metadata observables osint policy priority "
     "priority_id raw_data raw_data_size remediation resources risk_details "
     "risk_level risk_level_id risk_score severity severity_id src_url "
     "start_time status status_code status_detail status_id ticket tickets "
     "time timezone_offset type_name type_uid unmapped vendor_attributes "
     "verdict verdict_id vulnerabilities"},
    {"2005",
     "activity_id category_uid class_uid metadata severity_id time "
     "type_uid finding_info_list status_id",
     "assignee assignee_group",
     "action action_id activity_id activity_name actor api assignee "
     "assignee_group attacks authorizations category_name category_uid "
     "class_name class_uid cloud comment confidence confidence_id "
     "confidence_score count desc device disposition disposition_id "
     "duration end_time enrichments finding_info_list firewall_rule "
     "impact impact_id impact_score is_alert is_suspected_breach malware "
     "malware_scan_info message metadata observables osint policy "
     "priority priority_id raw_data raw_data_size risk_details "
     "risk_level risk_level_id risk_score severity severity_id src_url "
     "start_time status status_code status_detail status_id ticket "
     "tickets time timezone_offset type_name type_uid unmapped "
     "vendor_attributes verdict verdict_id"},
    {"finding_info_list",
     "uid",
     "",
     "analytic attacks created_time data_sources desc first_seen_time "
     "kill_chain last_seen_time modified_time product product_uid "
     "related_analytics related_events related_events_count src_url tags "
     "title traits types uid uid_alt"},
    {"assignee_group",
     "",
     "name uid",
     "desc domain name privileges type uid"},
    {"metadata",
     "product version",
     "",
     "correlation_uid data_classification data_classifications debug "
     "event_code extension extensions labels log_level log_name log_provider "
     "log_version logged_time loggers modified_time original_time "
     "processed_time product profiles sequence tags tenant_uid "
     "transformation_info_list uid version"},
    {"product",
     "",
     "",
     "cpe_name data_classification data_classifications feature lang name "
     "path uid url_string vendor_name version"},
    {"device",
     "type_id",
     "",
     "agent_list autoscale_uid boot_time boot_uid container created_time "
     "desc domain eid first_seen_time groups hostname hw_info hypervisor "
     "iccid image imei imei_list instance_uid interface_name interface_uid "
     "ip is_backed_up is_compliant is_managed is_mobile_account_active "
     "is_personal is_shared is_supervised is_trusted last_seen_time location "
     "mac meid model modified_time name namespace_pid network_interfaces org "
     "os os_machine_uuid owner region risk_level risk_level_id risk_score "
     "subnet subnet_uid type type_id udid uid uid_alt vendor_name vlan_uid "
     "vpc_uid zone"},
    {"os",
     "name type_id",
     "",
     "build country cpe_name cpu_bits edition kernel_release lang name "
     "sp_name sp_ver type type_id version"},
    {"actor",
     "",
     "process user invoked_by session app_name app_uid",
     "app_name app_uid authorizations idp invoked_by process session user"},
    {"process",
     "",
     "pid uid cpid",
     "ancestry cmd_line container cpid created_time environment_variables "
     "file integrity integrity_id lineage loaded_modules name namespace_pid "
     "parent_process path pid sandbox session terminated_time tid uid user "
     "working_directory xattributes"},
    {"logon_process",
     "",
     "pid uid cpid",
     "ancestry cmd_line container cpid created_time environment_variables "
     "file integrity integrity_id lineage loaded_modules name namespace_pid "
     "parent_process path pid sandbox session terminated_time tid uid user "
     "working_directory xattributes"},
    {"user",
     "",
     "account name uid",
     "account credential_uid display_name domain email_addr forward_addr "
     "full_name groups has_mfa ldap_person name org phone_number risk_level "
     "risk_level_id risk_score type type_id uid uid_alt"},
    {"file",
     "name type_id",
     "",
     "accessed_time accessor attributes company_name confidentiality "
     "confidentiality_id created_time creator data_classification "
     "data_classifications desc drive_type drive_type_id encryption_details "
     "ext hashes internal_name is_deleted is_encrypted is_public is_system "
     "mime_type modified_time modifier name owner parent_folder path product "
     "security_descriptor signature size storage_class tags type type_id uid "
     "uri url version volume xattributes"},
    {"file_result",
     "name type_id",
     "",
     "accessed_time accessor attributes company_name confidentiality "
     "confidentiality_id created_time creator data_classification "
     "data_classifications desc drive_type drive_type_id encryption_details "
     "ext hashes internal_name is_deleted is_encrypted is_public is_system "
     "mime_type modified_time modifier name owner parent_folder path product "
     "security_descriptor signature size storage_class tags type type_id uid "
     "uri url version volume xattributes"},
    {"src_endpoint",
     "",
     "ip uid name hostname svc_name instance_uid interface_uid "
     "interface_name domain",
     "agent_list autonomous_system container domain hostname hw_info "
     "instance_uid interface_name interface_uid intermediate_ips ip isp "
     "isp_org location mac name namespace_pid os owner port proxy_endpoint "
     "subnet_uid svc_name type type_id uid vlan_uid vpc_uid zone"},
    {"dst_endpoint",
     "",
     "ip uid name hostname svc_name instance_uid interface_uid "
     "interface_name domain",
     "agent_list autonomous_system container domain hostname hw_info "
     "instance_uid interface_name interface_uid intermediate_ips ip isp "
     "isp_org location mac name namespace_pid os owner port proxy_endpoint "
     "subnet_uid svc_name type type_id uid vlan_uid vpc_uid zone"},
    {"query",
     "hostname",
     "",
     "class hostname opcode opcode_id packet_uid type"},
    {"answers",
     "rdata",
     "",
     "class flag_ids flags packet_uid rdata ttl type"},
    {"http_request",
     "",
     "",
     "args body_length http_headers http_method length referrer uid url "
     "user_agent version x_forwarded_for"},
    {"http_response",
     "code",
     "",
     "body_length code content_type http_headers latency length message "
     "status"},
    {"url",
     "",
     "url_string path",
     "categories category_ids domain hostname path port query_string "
     "resource_type scheme subdomain url_string"},
    {"module",
     "load_type_id",
     "",
     "base_address file function_name load_type load_type_id start_address "
     "type"},
    {"script",
     "script_content type_id",
     "",
     "file hashes name parent_uid script_content type type_id uid"},
    {"script_content",
     "value",
     "",
     "is_truncated untruncated_size value"},
    {"driver",
     "file",
     "",
     "file"},
    {"job",
     "file name",
     "",
     "cmd_line created_time desc file last_run_time name next_run_time "
     "run_state run_state_id user"},
    {"reg_key",
     "path",
     "",
     "is_system modified_time path security_descriptor"},
    {"prev_reg_key",
     "path",
     "",
     "is_system modified_time path security_descriptor"},
    {"reg_value",
     "name path",
     "",
     "data is_default is_system modified_time name path type type_id"},
    {"win_service",
     "name",
     "cmd_line service_category_id service_dependencies "
     "service_error_control_id service_start_name service_start_type_id "
     "service_type_id",
     "cmd_line labels load_order_group name service_category "
     "service_category_id service_dependencies service_error_control "
     "service_error_control_id service_start_name service_start_type "
     "service_start_type_id service_type service_type_id tags uid version"},
    {"connection_info",
     "direction_id",
     "",
     "boundary boundary_id community_uid direction direction_id flag_history "
     "protocol_name protocol_num protocol_ver protocol_ver_id session "
     "tcp_flags uid"},
    {"hashes",
     "algorithm_id value",
     "",
     "algorithm algorithm_id value"},
    {"session",
     "",
     "",
     "count created_time credential_uid expiration_reason expiration_time "
     "is_mfa is_remote is_vpn issuer terminal uid uid_alt uuid"},
    {"service",
     "",
     "",
     "labels name tags uid version"},
    {"extensions",
     "name uid version",
     "",
     "name uid version"},
    {"traffic",
     "",
     "",
     "bytes bytes_in bytes_missed bytes_out chunks chunks_in chunks_out "
     "packets packets_in packets_out"},
    {"finding_info",
     "uid",
     "",
     "analytic attacks created_time data_sources desc first_seen_time "
     "kill_chain last_seen_time modified_time product product_uid "
     "related_analytics related_events related_events_count src_url tags "
     "title traits types uid uid_alt"},
    {"analytic",
     "type_id",
     "",
     "algorithm category desc name related_analytics type type_id uid "
     "version"},
    {"attacks",
     "",
     "tactic technique sub_technique",
     "mitigation sub_technique tactic tactics technique version"},
    {"technique",
     "",
     "",
     "name src_url uid"},
    {"sub_technique",
     "",
     "",
     "name src_url uid"},
    {"tactic",
     "",
     "",
     "name src_url uid"},
    {"evidences",
     "",
     "actor api connection_info data database databucket device dst_endpoint "
     "email file process query resources src_endpoint url user job script",
     "actor api connection_info container data database databucket device "
     "dst_endpoint email file http_request http_response "
     "ja4_fingerprint_list job name process query reg_key reg_value "
     "resources script src_endpoint tls uid url user verdict verdict_id "
     "win_service"},
};
// clang-format on

}  // namespace shoji::event::testing
