//! The methods of the Bot API that the fake serves.

/// One method; `name` is how the documentation spells it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Method {
    AnswerCallbackQuery,
    DeleteMessage,
    DeleteMessages,
    DeleteMyCommands,
    DeleteWebhook,
    EditMessageCaption,
    EditMessageReplyMarkup,
    EditMessageText,
    GetChat,
    GetChatMember,
    GetMe,
    GetMyCommands,
    GetMyDescription,
    GetMyShortDescription,
    GetUpdates,
    GetWebhookInfo,
    LeaveChat,
    SendChatAction,
    SendDocument,
    SendMessage,
    SendPhoto,
    SetMyCommands,
    SetMyDescription,
    SetMyShortDescription,
    SetWebhook,
}

/// In the order of the enum.
pub(super) const METHODS: &[(Method, &str)] = &[
    (Method::AnswerCallbackQuery, "answerCallbackQuery"),
    (Method::DeleteMessage, "deleteMessage"),
    (Method::DeleteMessages, "deleteMessages"),
    (Method::DeleteMyCommands, "deleteMyCommands"),
    (Method::DeleteWebhook, "deleteWebhook"),
    (Method::EditMessageCaption, "editMessageCaption"),
    (Method::EditMessageReplyMarkup, "editMessageReplyMarkup"),
    (Method::EditMessageText, "editMessageText"),
    (Method::GetChat, "getChat"),
    (Method::GetChatMember, "getChatMember"),
    (Method::GetMe, "getMe"),
    (Method::GetMyCommands, "getMyCommands"),
    (Method::GetMyDescription, "getMyDescription"),
    (Method::GetMyShortDescription, "getMyShortDescription"),
    (Method::GetUpdates, "getUpdates"),
    (Method::GetWebhookInfo, "getWebhookInfo"),
    (Method::LeaveChat, "leaveChat"),
    (Method::SendChatAction, "sendChatAction"),
    (Method::SendDocument, "sendDocument"),
    (Method::SendMessage, "sendMessage"),
    (Method::SendPhoto, "sendPhoto"),
    (Method::SetMyCommands, "setMyCommands"),
    (Method::SetMyDescription, "setMyDescription"),
    (Method::SetMyShortDescription, "setMyShortDescription"),
    (Method::SetWebhook, "setWebhook"),
];

impl Method {
    /// The platform looks at no case.
    pub(super) fn named(name: &str) -> Option<Self> {
        METHODS.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(method, _)| *method)
    }

    pub(crate) fn name(self) -> &'static str {
        METHODS[self as usize].1
    }

    /// Whether it brings something new before a person's eyes, which the platform rations.
    pub(super) fn is_shown(self) -> bool {
        matches!(self, Self::SendMessage | Self::SendPhoto | Self::SendDocument) || self.is_edit()
    }

    pub(super) fn is_edit(self) -> bool {
        matches!(self, Self::EditMessageCaption | Self::EditMessageReplyMarkup | Self::EditMessageText)
    }
}
