import Curl

extension TransferLoop {
    /// Sends a request and returns what came of it, on the caller's executor.
    func send(_ body: [UInt8], _ profile: TransferProfile) async -> Result<HTTPResponse, TransferFailure> {
        await withUnsafeContinuation { continuation in
            send(body, profile) { continuation.resume(returning: $0) }
        }
    }
}
