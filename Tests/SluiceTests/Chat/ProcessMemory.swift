import Foundation

/// The memory of this process in kilobytes, as Linux tells it.
struct ProcessMemory {
    let resident: Int
    let peak: Int

    /// Nil on other systems.
    static var now: ProcessMemory? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        func kilobytes(_ name: String) -> Int? {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
            return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
        }
        guard let resident = kilobytes("VmRSS:"), let peak = kilobytes("VmHWM:") else { return nil }
        return ProcessMemory(resident: resident, peak: peak)
    }
}
